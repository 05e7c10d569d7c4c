import { mkdirSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { FileView, ImportView } from '@scantill/contracts';
import { fileBody } from '../scantill/file-body.ts';
import { Refused, type Service } from '../scantill/service.ts';
import type { WrittenFile } from './alipay.ts';
import { bankStatement } from './bank-statement.ts';
import type { TradingAccount, World } from './worlds.ts';

/** Longer than any of these files takes. */
const WAIT_SECONDS = 120;
/** Days go in one after the other; each first says what was traded. */
const ORDER: readonly WrittenFile['report'][] = [undefined, 'settlementItems', 'settlementSummary'];

/** Gives all files of a chain to its service, those of an account as they came and the bank's statement last. @returns what was not taken in */
export async function takeIn(service: Service, world: World, written: readonly WrittenFile[], folder: string): Promise<string[]> {
  mkdirSync(folder, { recursive: true });
  const refused = await Promise.all(world.accounts.map(async (account) => {
    const own = written.filter(({ customerId, day }) => customerId === account.customerId && world.days.includes(day));
    const statement = join(folder, `${account.bankNumber}.xml`);
    writeFileSync(statement, bankStatement(account, own, Math.max(...world.days)));
    const refusedOfAccount: string[] = [];
    for (const path of [...inOrder(own).map((file) => file.path), statement]) refusedOfAccount.push(...(await send(service, path, account)));
    return refusedOfAccount;
  }));
  return refused.flat();
}

function inOrder(files: readonly WrittenFile[]): WrittenFile[] {
  const rank = ({ day, report }: WrittenFile): number => day * ORDER.length + ORDER.indexOf(report);
  return [...files].sort((one, other) => rank(one) - rank(other) || (one.remotePath < other.remotePath ? -1 : 1));
}

async function send(service: Service, path: string, { accountId }: TradingAccount): Promise<string[]> {
  try {
    const taken = await service.post<FileView | ImportView>('/v1/files', { name: basename(path), account: accountId, waitSeconds: WAIT_SECONDS }, fileBody(path, () => undefined));
    return 'status' in taken ? [`${taken.name} is ${taken.status}`] : [];
  } catch (error) {
    if (error instanceof Refused && error.status === 422) return [`${path.split('/').at(-1)}: ${error.message.split('\n')[0]}`];
    throw error;
  }
}
