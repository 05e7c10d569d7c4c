import { Body, Controller, Get, Param, Put } from '@nestjs/common';
import {
  ledgerAccountsRequest, ledgerPeriodParams, ledgerPeriodRequest, type LedgerAccountsView, type LedgerPeriodsView, type LedgerPeriodView, type LedgerPurpose, type ProblemCode,
} from '@scantill/contracts';
import { Caller, Needs, ProblemException, type ApiKey } from '@scantill/platform';
import type { z } from 'zod';
import { LockPeriod } from '../flows/lock-period.js';
import { NameLedgerAccounts } from '../flows/name-ledger-accounts.js';
import { refuseStoreKeys } from './store-keys.js';

type Locked = Awaited<ReturnType<NameLedgerAccounts['locked']>>[number];
type Refused = Extract<Awaited<ReturnType<LockPeriod['run']>>, { ok: false }>['error'];

const codes = { PersonNeeded: 'ledger.person-needed', MonthNotOver: 'ledger.month-not-over' } as const satisfies Record<Refused['kind'], ProblemCode>;

@Controller('v1')
export class LedgerController {
  constructor(private readonly nameLedgerAccounts: NameLedgerAccounts, private readonly lockPeriod: LockPeriod) {}

  @Get('ledger-accounts')
  @Needs('reports')
  async accounts(@Caller() caller: ApiKey): Promise<LedgerAccountsView> {
    refuseStoreKeys(caller);
    return { accounts: await this.nameLedgerAccounts.show(caller.chainId) };
  }

  @Put('ledger-accounts')
  @Needs('resolve')
  async name(@Body({ schema: ledgerAccountsRequest }) { accounts }: z.infer<typeof ledgerAccountsRequest>, @Caller() caller: ApiKey): Promise<LedgerAccountsView> {
    refuseStoreKeys(caller);
    await this.nameLedgerAccounts.run(caller.chainId, new Map(Object.entries(accounts) as [LedgerPurpose, { number: string; name: string }][]), caller.owner);
    return this.accounts(caller);
  }

  @Get('ledger-periods')
  @Needs('reports')
  async periods(@Caller() caller: ApiKey): Promise<LedgerPeriodsView> {
    refuseStoreKeys(caller);
    return { periods: (await this.nameLedgerAccounts.locked(caller.chainId)).map(toView) };
  }

  @Put('ledger-periods/:month')
  @Needs('resolve')
  async lock(@Param({ schema: ledgerPeriodParams }) { month }: z.infer<typeof ledgerPeriodParams>, @Body({ schema: ledgerPeriodRequest }) _: z.infer<typeof ledgerPeriodRequest>, @Caller() caller: ApiKey): Promise<LedgerPeriodView> {
    refuseStoreKeys(caller);
    const locked = await this.lockPeriod.run(caller.chainId, month, caller.owner);
    if (!locked.ok) throw new ProblemException(codes[locked.error.kind], locked.error.kind === 'MonthNotOver' ? `it ends with ${locked.error.lastDay} in UTC+8` : undefined);
    return toView(locked.value);
  }
}

function toView({ lockedAt, ...period }: Locked): LedgerPeriodView {
  return { ...period, lockedAt: lockedAt.toISOString() };
}
