import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { Config } from '../../config/config.js';
import { CursorSigner } from '../../http/cursor-signer.js';
import { bindingOf, type CursorPage, type OffsetPage, type PageQuery } from '../../http/pagination.js';
import { readPage } from '../../http/read-page.js';
import type { RequestIdentity } from '../../http/request-identity.js';
import { Transactions } from '../../shared/database/transaction.js';
import type { WorkspaceScope } from '../../shared/database/workspace-scope.js';
import { AppError } from '../../shared/errors/app-error.js';
import { IdempotencyService } from '../../shared/idempotency/idempotency.service.js';
import type { IdempotentAnswer } from '../../shared/idempotency/idempotency.types.js';
import { hashSecret, keyText, makeApiKey, newKeyId, parseApiKey } from './api-key.js';
import { ApiKeysRepository, type ApiKeyView } from './api-keys.repository.js';
import { type ApiKeyAnswer, type ApiKeyInput, apiKeyUnknown } from './api-keys.schemas.js';
import { AuditService } from './audit.service.js';
import { IdentityService } from './identity.service.js';

const ROUTE = 'POST /v1/api-keys';

/** What a key that was just made is told with. */
export type MadeKey = ApiKeyAnswer & { readonly key: string };

/** What the service needs beside rows, idempotency and audit. */
@Injectable()
export class ApiKeyEdges {
  constructor(
    readonly config: Config,
    readonly signer: CursorSigner,
    readonly transactions: Transactions,
    readonly identities: IdentityService,
  ) {}
}

/** Makes and revokes keys of a workspace; each act and its audit line commit together. */
@Injectable()
export class ApiKeysService {
  constructor(
    private readonly rows: ApiKeysRepository,
    private readonly idempotency: IdempotencyService,
    private readonly audit: AuditService,
    private readonly edges: ApiKeyEdges,
  ) {}

  /** @throws AppError those of IdempotencyService.run */
  async create(
    caller: RequestIdentity,
    input: ApiKeyInput,
    idempotencyKey: string | undefined,
  ): Promise<IdempotentAnswer> {
    const request = { scope: caller.scope, route: ROUTE, key: idempotencyKey, payload: input };
    let made: MadeKey | undefined;
    const answer = await this.idempotency.run(request, async (manager) => {
      made = await this.make(manager, caller.scope, input, caller.keyId);
      // The secret is kept nowhere, so a replay can't tell it again.
      return { status: 201, headers: { location: `/v1/api-keys/${made.id}` }, body: { ...made, key: null } };
    });
    return made === undefined ? answer : { ...answer, body: made };
  }

  /** A key with its audit line, in the caller's transaction. @param actor key id, or `system` */
  async make(manager: EntityManager, scope: WorkspaceScope, input: ApiKeyInput, actor: string): Promise<MadeKey> {
    const key = makeApiKey(newKeyId());
    const row = await this.rows.add(manager, scope, { ...input, id: key.id, secretSha256: hashSecret(key.secret) });
    await this.audit.record(manager, {
      scope,
      actor,
      action: 'api-key.created',
      subject: `api-key/${key.id}`,
      details: { role: input.role, name: input.name },
    });
    return { ...answerOf(row), key: keyText(key) };
  }

  async list(scope: WorkspaceScope, query: PageQuery): Promise<OffsetPage<ApiKeyAnswer> | CursorPage<ApiKeyAnswer>> {
    const { config, signer } = this.edges;
    return readPage(query, config.http, signer, {
      binding: bindingOf(scope.workspaceId, { list: 'api-keys' }, '-createdAt'),
      list: (window) => this.rows.list(scope, window),
      count: (cap) => this.rows.count(scope, cap),
      answerOf: ({ key: _key, ...row }) => answerOf(row),
    });
  }

  /** @throws AppError 404 `api_key_not_found`, alike for a key of another workspace */
  async find(scope: WorkspaceScope, id: string): Promise<ApiKeyAnswer> {
    const row = await this.rows.find(scope, id);
    if (row === undefined) throw apiKeyUnknown();
    return answerOf(row);
  }

  /**
   * From the next second on nobody is served under the key, on no process, and open streams end. Again is no mistake.
   * @throws AppError 404 `api_key_not_found`, 409 `api_key_from_environment` or `last_admin_key`
   */
  async revoke(caller: RequestIdentity, id: string): Promise<void> {
    const { config, transactions, identities } = this.edges;
    const { scope, keyId: actor } = caller;
    await transactions.run(async (manager) => {
      const admins = await this.rows.lockAdmins(manager, scope);
      const outcome = await this.rows.revoke(manager, scope, id);
      if (outcome === undefined) throw apiKeyUnknown();
      if (outcome === 'revoked-before') return;
      if (id === givenKeyId(config)) throw fromEnvironment();
      if (admins.length === 1 && admins[0] === id) throw lastAdmin();
      await this.audit.record(manager, { scope, actor, action: 'api-key.revoked', subject: `api-key/${id}` });
    });
    identities.forget(id);
  }
}

function answerOf({ createdAt, revokedAt, ...rest }: ApiKeyView): ApiKeyAnswer {
  return { ...rest, createdAt: createdAt.toISOString(), revokedAt: revokedAt?.toISOString() ?? null };
}

const givenKeyId = ({ identity }: Config) =>
  identity.apiKey === undefined ? undefined : parseApiKey(identity.apiKey)?.id;

const fromEnvironment = () =>
  new AppError(
    'conflict',
    'api_key_from_environment',
    'This key follows TECHSPEC_API_KEY and would be valid again after the next start: change the setting instead.',
  );

const lastAdmin = () =>
  new AppError(
    'conflict',
    'last_admin_key',
    'It is the last admin key of the workspace: make another one first, or nobody could manage it any more.',
  );
