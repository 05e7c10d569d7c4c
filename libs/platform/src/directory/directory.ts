import type {
  directoryAccount, directoryApiKey, directoryChain, directoryEndpoint, directoryStore,
} from '@scantill/contracts';
import type { z } from 'zod';
import type { Database, Statement } from '../database.js';
import type { Log } from '../log.js';
import { pause } from '../wakeup.js';
import type { SecretBox } from './secret-box.js';

export type Chain = z.infer<typeof directoryChain>;
export type Store = z.infer<typeof directoryStore>;
export type Account = z.infer<typeof directoryAccount>;
export type ApiKey = z.infer<typeof directoryApiKey>;
export type Endpoint = Omit<z.infer<typeof directoryEndpoint>, 'removed'>;

/** What signs a chain's orders: for the whole chain, or for one store of it. */
export interface OrderKey {
  readonly keyId: string;
  readonly chainId: string;
  readonly storeId: string | null;
  /** `whsec_…`, as Standard Webhooks writes secrets. */
  readonly secret: string;
}

export type EntryKind = 'chain' | 'store' | 'account' | 'api-key' | 'endpoint';

interface Row {
  readonly kind: EntryKind;
  readonly id: string;
  readonly data: unknown;
  readonly position: bigint;
}

/** A revoked key must be refused everywhere within a second. */
const REFRESH_MS = 750;
/** Rows of slower transactions become visible after higher positions. */
const LATE_POSITIONS = 1_000n;

/** Changes whenever an entry does; spares reading and parsing them twice a second. */
const FINGERPRINT: Statement = {
  name: 'directory-fingerprint',
  text: `select count(*) || ' ' || coalesce(sum(position), 0) as fingerprint from directory_entries where position > $1`,
};
const CHANGES: Statement = {
  name: 'directory-changes',
  text: 'select kind, id, data, position from directory_entries where position > $1 order by position',
};

/** The directory as this service knows it, kept in memory and refreshed from its table. */
export class Directory {
  private readonly entries = new Map<string, unknown>();
  private readonly keysByHash = new Map<string, ApiKey>();
  private readonly orderKeys = new Map<string, OrderKey>();
  private readonly chainIndex = new Map<string, Chain>();
  private readonly storeIndex = new Map<string, Store>();
  private readonly accountIndex = new Map<string, Account>();
  private position = 0n;
  private timer: NodeJS.Timeout | undefined;
  private fingerprint = '';
  private stopped = false;

  constructor(
    private readonly database: Database,
    private readonly secrets: SecretBox,
    private readonly log: Log,
  ) {}

  /**
   * Resolves once the entries were read. Before that every key is a stranger's: callers would be refused for good, and what honest
   * chains signed would be set aside.
   */
  async start(): Promise<void> {
    while (!this.stopped && !(await this.tryRefresh('warn'))) await pause(REFRESH_MS, () => this.stopped);
    if (!this.stopped) this.timer = setInterval(() => void this.tryRefresh('debug'), REFRESH_MS);
  }

  stop(): void {
    this.stopped = true;
    clearInterval(this.timer);
  }

  private async tryRefresh(level: 'warn' | 'debug'): Promise<boolean> {
    try {
      await this.refresh();
      return true;
    } catch (error) {
      this.log[level]({ err: error }, 'the directory could not be read');
      return false;
    }
  }

  async refresh(): Promise<void> {
    const from = this.position > LATE_POSITIONS ? this.position - LATE_POSITIONS : 0n;
    const [answer] = await this.database.query<{ fingerprint: string }>(FINGERPRINT, [from]);
    const fingerprint = `${from} ${answer?.fingerprint}`;
    if (fingerprint === this.fingerprint) return;
    const rows = await this.database.query<Row>(CHANGES, [from]);
    for (const row of rows) this.entries.set(`${row.kind}:${row.id}`, row.data);
    this.position = rows.at(-1)?.position ?? this.position;
    this.index();
    this.fingerprint = fingerprint;
  }

  /** By the SHA-256 of its text: the key itself is nowhere. */
  apiKey(sha256: string): ApiKey | undefined {
    return this.keysByHash.get(sha256);
  }

  orderKey(keyId: string): OrderKey | undefined {
    return this.orderKeys.get(keyId);
  }

  /** The secrets in it are sealed. */
  chain(chainId: string): Chain | undefined {
    return this.chainIndex.get(chainId);
  }

  store(chainId: string, storeId: string): Store | undefined {
    return this.storeIndex.get(`${chainId}:${storeId}`);
  }

  account(accountId: string): Account | undefined {
    return this.accountIndex.get(accountId);
  }

  accounts(): readonly Account[] {
    return [...this.accountIndex.values()];
  }

  /** Of all chains, with their secrets opened for signing. */
  endpoints(): Endpoint[] {
    return this.of<z.infer<typeof directoryEndpoint>>('endpoint').map((endpoint) => ({ ...endpoint, secret: this.secrets.open(endpoint.secret) }));
  }

  private of<Entry extends { removed?: boolean | undefined }>(kind: EntryKind): Entry[] {
    const entries: Entry[] = [];
    for (const [key, data] of this.entries) {
      const entry = data as Entry;
      if (key.startsWith(`${kind}:`) && entry.removed !== true) entries.push(entry);
    }
    return entries;
  }

  private index(): void {
    this.keysByHash.clear();
    this.orderKeys.clear();
    this.chainIndex.clear();
    this.storeIndex.clear();
    this.accountIndex.clear();
    for (const key of this.of<ApiKey>('api-key')) this.keysByHash.set(key.sha256, key);
    for (const account of this.of<Account>('account')) this.accountIndex.set(account.accountId, account);
    for (const store of this.of<Store>('store')) this.storeIndex.set(`${store.chainId}:${store.storeId}`, store);
    for (const chain of this.of<Chain>('chain')) {
      this.chainIndex.set(chain.chainId, chain);
      for (const key of chain.orderKeys) {
        this.orderKeys.set(key.keyId, { keyId: key.keyId, chainId: chain.chainId, storeId: key.storeId, secret: this.secrets.open(key.secret) });
      }
    }
  }
}
