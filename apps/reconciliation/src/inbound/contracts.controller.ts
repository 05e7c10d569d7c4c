import { Body, Controller, Get, HttpStatus, Param, Put, Query, Res } from '@nestjs/common';
import { contractParams, contractRequest, contractsQuery, type ContractHistoryView, type ContractRequest, type ContractsView, type ContractView } from '@scantill/contracts';
import { Caller, Needs, ProblemException, type ApiKey } from '@scantill/platform';
import type { FastifyReply } from 'fastify';
import type { z } from 'zod';
import { FindContracts } from '../flows/find-contracts.js';
import { SetContract } from '../flows/set-contract.js';
import { refuseStoreKeys } from './store-keys.js';

type ContractParams = z.infer<typeof contractParams>;
type Found = Awaited<ReturnType<FindContracts['inForce']>>[number];

@Controller('v1/contracts')
export class ContractsController {
  constructor(private readonly findContracts: FindContracts, private readonly setContract: SetContract) {}

  @Get()
  @Needs('reports')
  async list(@Query({ schema: contractsQuery }) { account }: z.infer<typeof contractsQuery>, @Caller() caller: ApiKey): Promise<ContractsView> {
    refuseStoreKeys(caller);
    return { contracts: (await this.findContracts.inForce(caller.chainId, account ?? null)).map(toView) };
  }

  @Get(':accountId/:validFrom')
  @Needs('reports')
  async show(@Param({ schema: contractParams }) { accountId, validFrom }: ContractParams, @Caller() caller: ApiKey): Promise<ContractHistoryView> {
    refuseStoreKeys(caller);
    const versions = await this.findContracts.versions(caller.chainId, accountId, validFrom);
    if (versions.length === 0) throw new ProblemException('contract.not-found');
    return { versions: versions.map(toView) };
  }

  @Put(':accountId/:validFrom')
  @Needs('resolve')
  async write(
    @Param({ schema: contractParams }) params: ContractParams,
    @Body({ schema: contractRequest }) body: ContractRequest,
    @Caller() caller: ApiKey,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ContractView> {
    refuseStoreKeys(caller);
    if (body.validUntil !== null && body.validUntil < params.validFrom) throw new ProblemException('request.malformed', undefined, [{ path: 'validUntil', message: `is before ${params.validFrom}` }]);
    const written = await this.setContract.run({ chainId: caller.chainId, by: caller.owner, contract: { ...params, ...body } });
    if (!written.ok) throw refused(written.error);
    void reply.status(written.value.isNew ? HttpStatus.CREATED : HttpStatus.OK);
    return toView(written.value.contract);
  }
}

type Refused = Extract<Awaited<ReturnType<SetContract['run']>>, { ok: false }>['error'];

function refused(reason: Refused): ProblemException {
  switch (reason.kind) {
    case 'UnknownAccount': return new ProblemException('contract.unknown-account', reason.accountId);
    case 'Overlaps': return new ProblemException('contract.overlaps', `one is valid from ${reason.validFrom} ${reason.validUntil === null ? 'on' : `until ${reason.validUntil}`}`);
  }
}

function toView({ chainId: _, changedAt, supersededAt, holidays, ...contract }: Found): ContractView {
  return { ...contract, holidays: [...holidays], changedAt: changedAt.toISOString(), supersededAt: supersededAt?.toISOString() ?? null };
}
