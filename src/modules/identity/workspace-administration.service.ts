import { Injectable } from '@nestjs/common';
import type { RequestIdentity } from '../../http/request-identity.js';
import { IdSource } from '../../shared/clock/clock.js';
import { mintWorkspaceScope } from '../../shared/database/workspace-scope.mint.js';
import { AppError } from '../../shared/errors/app-error.js';
import { IdempotencyService } from '../../shared/idempotency/idempotency.service.js';
import type { IdempotentAnswer } from '../../shared/idempotency/idempotency.types.js';
import { ApiKeysService } from './api-keys.service.js';
import { AuditService } from './audit.service.js';
import { runsInstallation } from './identity.types.js';
import { WorkspacesRepository, type WorkspaceRow } from './workspaces.repository.js';
import type { WorkspaceAnswer, WorkspaceInput } from './workspaces.schemas.js';

const ROUTE = 'POST /v1/workspaces';

/**
 * Workspaces as their administrators see them. An admin of the first workspace runs the installation: it makes further ones and
 * sees all; an admin of any other sees its own alone. Nobody sees into another's data: for that each has keys of its own.
 */
@Injectable()
export class WorkspaceAdministration {
  constructor(
    private readonly rows: WorkspacesRepository,
    private readonly keys: ApiKeysService,
    private readonly idempotency: IdempotencyService,
    private readonly audit: AuditService,
    private readonly ids: IdSource,
  ) {}

  /**
   * A workspace with its first admin key, whose secret is told in this answer alone.
   * @throws AppError 403 `not_installation_admin`, 409 `workspace_name_taken`, and those of IdempotencyService.run
   */
  async create(
    caller: RequestIdentity,
    input: WorkspaceInput,
    idempotencyKey: string | undefined,
  ): Promise<IdempotentAnswer> {
    if (!runsInstallation(caller)) throw notInstallationAdmin();
    const { scope, keyId: actor } = caller;
    const id = this.ids.next();
    const request = { scope, route: ROUTE, key: idempotencyKey, payload: input };
    let told: object | undefined;
    const answer = await this.idempotency.run(request, async (manager) => {
      const row = await this.rows.add(manager, id, input.name);
      if (row === undefined) throw nameTaken(input.name);
      const apiKey = await this.keys.make(manager, mintWorkspaceScope(id), FIRST_KEY, actor);
      const subject = `workspace/${id}`;
      await this.audit.record(manager, { scope, actor, action: 'workspace.created', subject });
      const workspace = workspaceAnswerOf(row);
      told = { ...workspace, apiKey };
      const body = { ...workspace, apiKey: { ...apiKey, key: null } };
      return { status: 201, headers: { location: `/v1/workspaces/${id}` }, body };
    });
    return told === undefined ? answer : { ...answer, body: told };
  }

  /** @throws AppError 404 `workspace_not_found`, alike for one that is not the caller's */
  async find(caller: RequestIdentity, id: string): Promise<WorkspaceAnswer> {
    const mayKnow = runsInstallation(caller) || id.toLowerCase() === caller.workspaceId;
    const row = mayKnow ? await this.rows.find(id) : undefined;
    if (row === undefined) throw new AppError('not-found', 'workspace_not_found', 'There is no such workspace.');
    return workspaceAnswerOf(row);
  }
}

const FIRST_KEY = { name: 'first key', role: 'admin' } as const;

export const workspaceAnswerOf = ({ createdAt, ...rest }: WorkspaceRow): WorkspaceAnswer => ({
  ...rest,
  createdAt: createdAt.toISOString(),
});

const notInstallationAdmin = () =>
  new AppError(
    'forbidden',
    'not_installation_admin',
    'Workspaces are made by an admin of the first workspace; ask whoever runs the installation.',
  );

const nameTaken = (name: string) =>
  new AppError('conflict', 'workspace_name_taken', `There is a workspace called "${name}": take another name.`);
