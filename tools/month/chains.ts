import { createHash, randomBytes } from 'node:crypto';
import { topics, type Topic } from '@scantill/contracts';
import { publish, type Published } from '../faults/publisher.ts';
import { Service } from '../scantill/service.ts';
import { STORES } from './trading.ts';
import { SETTLEMENT_CURRENCY, type TradingAccount, type World } from './worlds.ts';

/** A broker takes so many of our events at once, whichever partition they belong to. */
const EVENTS_AT_ONCE = 400;
const KNOWN_WITHIN_MS = 20_000;
const POLL_MS = 200;
const MCC = '5814';

/** Makes a chain known as the directory would: its stores, accounts and one key of a person in finance. */
export async function registerChain(brokers: readonly string[], url: string, { chainId, accounts, acknowledges }: World): Promise<Service> {
  const key = `sk_month_${randomBytes(24).toString('base64url')}`;
  const entry = (type: string, subject: string, data: object): Published => ({ key: subject, subject, type: `directory.${type}`, source: 'order', correlationId: subject, data });
  await publish(brokers, topics.directory, [
    entry('chain-changed', chainId, { chainId, name: 'Demo Coffee', orderKeys: [], acknowledges }),
    ...STORES.map((storeId) => entry('store-changed', `${chainId}:${storeId}`, {
      chainId, storeId, name: `Store ${storeId}`, mcc: MCC, region: 'SG', timeZone: 'Asia/Singapore', tills: ['T1'], accounts: Object.fromEntries(accounts.map(({ currency, accountId }) => [currency, accountId])),
    })),
    ...accounts.map(({ accountId, clientId, customerId, bankNumber, files: { unit } }) => entry('account-changed', accountId, {
      accountId, chainId, clientId, customerId, referenceMerchantId: 'M0001', merchantName: 'Demo Coffee', merchantMcc: MCC, settlementCurrency: SETTLEMENT_CURRENCY,
      files: { unit, quotes: 'as-written' }, bank: { number: bankNumber },
    })),
    entry('api-key-changed', `${chainId}-finance`, {
      keyId: `${chainId}-finance`, sha256: createHash('sha256').update(key).digest('hex'), chainId, storeId: null, scopes: ['reports', 'resolve'], owner: { kind: 'person', name: 'Fei Lin' },
    }),
  ]);
  const service = new Service({ url, key });
  await untilKnown(service);
  for (const account of accounts) await putContract(service, account);
  return service;
}

/** The simulator gives back the share of a refund, and of a cancel all; what it keeps, the contract keeps. */
async function putContract(service: Service, { accountId, files: { settlement: { feeRate, feeFixed, feeOnRefund } } }: TradingAccount): Promise<void> {
  await service.put(`/v1/contracts/${accountId}/2026-01-01`, {
    feeRate, feeFixed: `0.${String(feeFixed).padStart(2, '0')}`, feeOnRefund: feeOnRefund === 'kept' ? 'kept' : 'proportional', period: { every: 'day', workingDays: 1 },
  });
}

async function untilKnown(service: Service): Promise<void> {
  for (const deadline = Date.now() + KNOWN_WITHIN_MS; ; ) {
    const isKnown = await service.get('/v1/contracts').then(() => true, (error: unknown) => {
      if (Date.now() > deadline) throw error;
      return false;
    });
    if (isKnown) return;
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}

export async function announce(brokers: readonly string[], topic: Topic, events: readonly Published[]): Promise<void> {
  for (let from = 0; from < events.length; from += EVENTS_AT_ONCE) await publish(brokers, topic, events.slice(from, from + EVENTS_AT_ONCE));
}
