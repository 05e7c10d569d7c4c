import type { ContractRepository, RecordedContract } from '../outbound/contract.repository.js';

export class FindContracts {
  constructor(private readonly contracts: ContractRepository) {}

  /** Those in force, by account and day. */
  inForce(chainId: string, accountId: string | null): Promise<RecordedContract[]> {
    return this.contracts.ofChain(chainId, accountId);
  }

  /** All versions, newest first; empty where there is no such contract. */
  versions(chainId: string, accountId: string, validFrom: string): Promise<RecordedContract[]> {
    return this.contracts.versions(chainId, accountId, validFrom);
  }
}
