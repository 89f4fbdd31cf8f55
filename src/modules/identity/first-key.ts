import { chmod, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { Config } from '../../config/config.js';
import { FirstKeyNotice } from '../../http/first-key-notice.js';
import { isLoopback } from '../../http/framing.js';
import { makeFolder } from '../../shared/database/embedded/make-folder.js';
import { mintWorkspaceScope } from '../../shared/database/workspace-scope.mint.js';
import { StartupError } from '../../shared/errors/startup-error.js';
import { type ApiKey, keyText, makeApiKey, parseApiKey } from './api-key.js';
import { AuditService } from './audit.service.js';
import { IdentityRepository } from './identity.repository.js';
import { DEFAULT_WORKSPACE_ID } from './identity.types.js';

/** A fixed id, so that several processes starting at once meet in one unique row. */
const FIRST_KEY_ID = 'firstkey';
/** In the data folder, mode 0600, for the command line. */
export const KEY_FILE = 'api-key';

/**
 * The rules of the first start. TECHSPEC_API_KEY is taken as it is; without it an admin key is made once, and then only
 * this machine is served.
 */
@Injectable()
export class FirstKey implements OnModuleInit {
  private readonly logger = new Logger('Identity');
  private readonly scope = mintWorkspaceScope(DEFAULT_WORKSPACE_ID);

  constructor(
    private readonly config: Config,
    private readonly repository: IdentityRepository,
    private readonly audit: AuditService,
    private readonly notice: FirstKeyNotice,
  ) {}

  async onModuleInit(): Promise<void> {
    const { apiKey } = this.config.identity;
    if (apiKey !== undefined) await this.takeGiven(apiKey);
    else {
      this.refuseOpenHost();
      if (!(await this.repository.hasKey(this.scope))) await this.makeFirst();
    }
  }

  /** Before anything listens: an open address with a key that nobody chose would be a service for strangers. */
  private refuseOpenHost(): void {
    const { host } = this.config.http;
    if (isLoopback(host)) return;
    throw new StartupError(
      `HOST=${host} serves other machines and needs TECHSPEC_API_KEY (form tsk_{id}.{secret}); set it, or leave HOST out.`,
    );
  }

  private async takeGiven(text: string): Promise<void> {
    const key = parseApiKey(text);
    if (!key)
      throw new StartupError(
        'TECHSPEC_API_KEY must have the form tsk_{id}.{secret}: an id of 8-32 letters and digits, a secret of at least 32 characters.',
      );
    await this.repository.transaction(async (manager) => {
      if (await this.repository.putKey(manager, this.scope, key, 'from the environment'))
        await this.audit.record(manager, this.auditOf(key, 'api-key.set'));
    });
  }

  /** The file is written before the row is committed: a key that exists is never lost with a crash in between. */
  private async makeFirst(): Promise<void> {
    const key = makeApiKey(FIRST_KEY_ID);
    const made = await this.repository.transaction(async (manager) => {
      if (!(await this.repository.addKey(manager, this.scope, key, 'first start'))) return false;
      await this.audit.record(manager, this.auditOf(key, 'api-key.created'));
      await this.writeFile(keyText(key));
      return true;
    });
    if (!made) return;
    this.notice.put(keyText(key));
    this.logger.log({ keyId: key.id }, 'first start: an admin key was made');
  }

  private auditOf(key: ApiKey, action: string) {
    return { scope: this.scope, actor: 'system', action, subject: `api-key/${key.id}`, details: { role: 'admin' } };
  }

  private async writeFile(text: string): Promise<void> {
    const { dir } = this.config.data;
    const path = join(dir, KEY_FILE);
    try {
      makeFolder(dir);
      await writeFile(`${path}.new`, `${text}\n`, { mode: 0o600 });
      // An older file keeps its mode when written to.
      await chmod(`${path}.new`, 0o600);
      await rename(`${path}.new`, path);
    } catch (error) {
      throw new StartupError(
        `The data folder ${dir} can't be written (${(error as NodeJS.ErrnoException).code ?? 'error'}): make it writable or set TECHSPEC_DATA.`,
        { cause: error },
      );
    }
  }
}
