import { isDeepStrictEqual } from 'node:util';
import { assert, err, isCurrency, ok, type Result } from '@scantill/kernel';
import type { Clock, Database, Directory } from '@scantill/platform';
import type { Actor } from '../core/break-life.js';
import { overlaps, type Contract } from '../core/contract.js';
import type { ContractRepository, RecordedContract } from '../outbound/contract.repository.js';

export interface ContractWish {
  readonly chainId: string;
  readonly by: Actor;
  /** The settlement currency is the account's. */
  readonly contract: Omit<Contract, 'settlementCurrency'>;
}

export type ContractRefused =
  | { readonly kind: 'UnknownAccount'; readonly accountId: string }
  | { readonly kind: 'Overlaps'; readonly validFrom: string; readonly validUntil: string | null };

export interface ContractsParts {
  readonly database: Database;
  readonly directory: Directory;
  readonly contracts: ContractRepository;
  readonly clock: Clock;
}

/** Writes down what an account agreed from a day on. A change is a new version; the same again changes nothing. */
export class SetContract {
  constructor(private readonly parts: ContractsParts) {}

  async run({ chainId, by, contract }: ContractWish): Promise<Result<{ readonly contract: RecordedContract; readonly isNew: boolean }, ContractRefused>> {
    const { database, directory, contracts, clock } = this.parts;
    const { accountId, validFrom } = contract;
    const account = directory.account(accountId);
    if (account?.chainId !== chainId) return err({ kind: 'UnknownAccount', accountId });
    const { settlementCurrency } = account;
    assert(isCurrency(settlementCurrency), `account ${accountId} settles in a currency that we know`);
    return database.transaction(async (tx) => {
      await contracts.lock(tx, accountId);
      const inForce = await contracts.ofAccounts(tx, [accountId]);
      const before = inForce.find((each) => each.validFrom === validFrom);
      const wished = { ...contract, settlementCurrency };
      if (before !== undefined && isDeepStrictEqual(agreed(before), wished)) return ok({ contract: before, isNew: false });
      const other = inForce.find((each) => each !== before && overlaps(each, contract));
      if (other !== undefined) return err({ kind: 'Overlaps', validFrom: other.validFrom, validUntil: other.validUntil });
      const next = { ...wished, chainId, version: (before?.version ?? 0) + 1, changedAt: clock.now(), changedBy: by, supersededAt: null };
      await contracts.add(tx, next);
      return ok({ contract: next, isNew: before === undefined });
    });
  }
}

function agreed({ chainId: _chain, version: _version, changedAt: _at, changedBy: _by, supersededAt: _ended, ...contract }: RecordedContract): Contract {
  return contract;
}
