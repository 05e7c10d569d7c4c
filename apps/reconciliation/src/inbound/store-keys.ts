import { ProblemException, type ApiKey } from '@scantill/platform';

/** Alipay's files are those of a whole account, so that a key of one store would see the other stores. */
export function refuseStoreKeys(caller: ApiKey): void {
  if (caller.storeId !== null) throw new ProblemException('auth.forbidden', 'the key belongs to one store');
}
