import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
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

/** Gives all files of a chain to its service, account by account as they came, and the bank's statement last. @returns what was not taken in */
export async function takeIn(service: Service, world: World, written: readonly WrittenFile[], folder: string): Promise<string[]> {
  const refused: string[] = [];
  for (const account of world.accounts) {
    const own = written.filter(({ customerId, day }) => customerId === account.customerId && world.days.includes(day));
    for (const { path } of inOrder(own)) refused.push(...(await send(service, path, account)));
    const statement = join(folder, `${account.bankNumber}.xml`);
    mkdirSync(folder, { recursive: true });
    writeFileSync(statement, bankStatement(account, own, Math.max(...world.days)));
    refused.push(...(await send(service, statement, account)));
  }
  return refused;
}

function inOrder(files: readonly WrittenFile[]): WrittenFile[] {
  const rank = ({ day, report }: WrittenFile): number => day * ORDER.length + ORDER.indexOf(report);
  return [...files].sort((one, other) => rank(one) - rank(other) || (one.remotePath < other.remotePath ? -1 : 1));
}

async function send(service: Service, path: string, { accountId }: TradingAccount): Promise<string[]> {
  try {
    const taken = await service.post<FileView | ImportView>('/v1/files', { account: accountId, waitSeconds: WAIT_SECONDS }, fileBody(path, () => undefined));
    return 'status' in taken ? [`${taken.name} is ${taken.status}`] : [];
  } catch (error) {
    if (error instanceof Refused && error.status === 422) return [`${path.split('/').at(-1)}: ${error.message}`];
    throw error;
  }
}
