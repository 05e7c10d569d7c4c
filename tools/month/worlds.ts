import { demoAccounts } from '../stack/demo-accounts.ts';
import { defects, type DefectName } from './defects.ts';

/** How Alipay writes an account's files. */
export interface FilesOf {
  readonly generation: 'A' | 'B' | 'C';
  readonly unit: 'minor' | 'major';
  readonly rowsPerFile: number;
  readonly settlement: { readonly feeRate: string; readonly feeFixed: number; readonly feeOnRefund: 'returned' | 'kept' };
}

/** A contract of a chain with Alipay. */
export interface TradingAccount {
  readonly accountId: string;
  readonly clientId: string;
  readonly customerId: string;
  readonly currency: string;
  readonly bankNumber: string;
  readonly files: FilesOf;
  /** The generation from this day of the month on, where it changes. */
  readonly later?: { readonly fromDay: number; readonly generation: FilesOf['generation'] };
}

/** A chain of its own, so that what is wrong in one touches no other. */
export interface World {
  readonly name: string;
  readonly chainId: string;
  readonly accounts: readonly TradingAccount[];
  /** Days of the month on which it trades. */
  readonly days: readonly number[];
  /** On all days and accounts together. */
  readonly payments: number;
  readonly defect?: { readonly name: DefectName; readonly day: number };
}

export const MONTH = { year: 2026, month: 11, days: 30 };
export const SETTLEMENT_CURRENCY = 'USD';
const FEE_RATE = '0.012';
const DEFECT_DAYS = [2, 3, 4];
const DEFECT_DAY = 3;
const DEFECT_PAYMENTS = 60;
const HALF_OF_MONTH = 16;
const [usd, jpy, kwd] = demoAccounts;

/** The month: generation A in parts, one that changes from B to C in the middle, and C. The first account is that of the simulator's environment. */
export function monthWorld(payments: number): World {
  const chainId = 'month';
  const account = ({ clientId, customerId, currency }: { clientId: string; customerId: string; currency: string }, files: FilesOf, nth: number): TradingAccount => (
    { accountId: `${chainId}-${currency.toLowerCase()}`, clientId, customerId, currency, bankNumber: `MONTH-${nth}`, files }
  );
  return {
    name: 'month', chainId, payments, days: Array.from({ length: MONTH.days }, (_, day) => day + 1),
    accounts: [
      account(usd, { generation: 'A', unit: 'minor', rowsPerFile: 60, settlement: { feeRate: FEE_RATE, feeFixed: 10, feeOnRefund: 'returned' } }, 1),
      { ...account(jpy, { generation: 'B', unit: 'major', rowsPerFile: 1_000_000, settlement: { feeRate: FEE_RATE, feeFixed: 0, feeOnRefund: 'kept' } }, 2), later: { fromDay: HALF_OF_MONTH, generation: 'C' } },
      account(kwd, { generation: 'C', unit: 'major', rowsPerFile: 1_000_000, settlement: { feeRate: '0.006', feeFixed: 25, feeOnRefund: 'returned' } }, 3),
    ],
  };
}

/** A small chain whose files are wrong in one place. @param nth 1, 2, 3 … */
export function defectWorld(name: DefectName, nth: number): World {
  const chainId = `defect-${nth}`;
  const digits = String(nth).padStart(3, '0');
  return {
    name, chainId, days: DEFECT_DAYS, payments: DEFECT_PAYMENTS, defect: { name, day: DEFECT_DAY },
    accounts: [{
      accountId: `${chainId}-jpy`, clientId: `T_900000${digits}`, customerId: `1022188000000009${digits}`, currency: 'JPY', bankNumber: `DEFECT-${nth}`,
      files: { generation: 'A', unit: 'minor', rowsPerFile: 1_000_000, settlement: { feeRate: FEE_RATE, feeFixed: 10, feeOnRefund: 'returned' } },
    }],
  };
}

/** As the control surface of the simulator wants it. */
export function plannedDefects(worlds: readonly World[], day: number): Record<string, unknown>[] {
  return worlds.flatMap(({ defect, accounts: [account] }) => {
    if (defect?.day !== day || account === undefined) return [];
    const planted = defects[defect.name];
    if (!('report' in planted)) return [];
    const { report, ...rest } = planted;
    return [{ kind: defect.name, report, customerId: account.customerId, ...('nth' in rest ? { nth: rest.nth } : {}) }];
  });
}

/** `2026-11-03` */
export function dateOf(day: number): string {
  return `${MONTH.year}-${MONTH.month}-${String(day).padStart(2, '0')}`;
}
