import type { Service } from '@scantill/contracts';
import type { Clock } from '../clock.js';
import { isTransient, RaceLost, type Database, type Tx } from '../database.js';
import type { Log } from '../log.js';
import type { Metrics } from '../metrics.js';
import { pause } from '../wakeup.js';
import { claim, parkedKeys } from './claims.js';
import { PARKED_BEHIND, setAside, type Aside } from './dead-letters.js';
import { DefectBound } from './defect-bound.js';
import { internalDoor, issuesText, storableDetail, type Door, type Opened, type Refused } from './door.js';
import type { Batch, BatchOutcome, Message } from './message.js';
import { endReplayed, lockForReplay } from './operations.js';
import { received, type Flow, type Route } from './route.js';

type Item =
  | { readonly kind: 'work'; readonly message: Message; readonly opened: Opened; readonly flow: Flow<never>; readonly input: () => unknown }
  | { readonly kind: 'refused'; readonly message: Message; readonly refused: Refused }
  /** Reading it threw: a defect of ours, treated like one of a flow. */
  | { readonly kind: 'unreadable'; readonly message: Message; readonly error: unknown };
type WorkItem = Extract<Item, { kind: 'work' }>;
type Sorted = Item | 'not-ours' | 'newer';

/** What is known of a batch before its messages are judged one by one. */
interface Standing {
  readonly fresh: ReadonlySet<Item>;
  readonly reused: ReadonlySet<Item>;
  /** Dead letters that an operator hands in again and that still wait. */
  readonly replayable: ReadonlySet<bigint>;
  readonly parked: Set<string>;
}

export interface InboxOptions {
  readonly service: Service;
  readonly database: Database;
  readonly clock: Clock;
  readonly metrics: Metrics;
  readonly log: Log;
  readonly door?: Door;
}

/** What does not concern us any more, handed in by an operator: its letter ends all the same. */
const LEAVE_ASIDE: Flow<never> = { run: () => Promise.resolve() };
/** Five tries in ten seconds; then the message is at fault, not the moment. */
const DEFECT_RETRY_MS = [500, 1_000, 2_500, 5_000] as const;
const RACE_TRIES_MAX = 5;
/** Inbox partitions are dropped after this; an older message could not be recognised as a repetition. */
export const AGE_MAX_MS = 45 * 86_400_000;

/**
 * The unit of work for messages: claims their identities, runs the flows, and writes what they decided in one transaction. What
 * cannot be handled is set aside with its reason, and the rest goes on.
 */
export class Inbox {
  private readonly defects = new DefectBound();
  private readonly door: Door;

  constructor(private readonly options: InboxOptions) {
    this.door = options.door ?? internalDoor;
  }

  async handle(batch: Batch, routes: readonly Route[]): Promise<BatchOutcome> {
    const items: Item[] = [];
    for (const message of batch) {
      const item = this.sort(message, routes);
      if (item === 'newer') return { kind: 'unknown-version', partition: message.partition, offset: message.offset, type: message.headers.type ?? '' };
      if (item !== 'not-ours') items.push(item);
    }
    if (items.length === 0) return { kind: 'done' };
    return this.work(items);
  }

  private sort(message: Message, routes: readonly Route[]): Sorted {
    const { type, version } = message.headers;
    // The type header spares the parsing of what this service does not care for.
    if (this.door.parks && type !== undefined && !routes.some((route) => route.definition.type === type)) return this.skip(message, type);
    const ofType = routes.filter((route) => route.definition.type === type);
    if (this.door.parks && ofType.length > 0 && ofType.every((route) => Number(version) > route.definition.version)) return 'newer';
    try {
      const opened = this.door.open(message);
      return opened.ok ? this.route(message, opened.value, routes) : { kind: 'refused', message, refused: opened.error };
    } catch (error) {
      return { kind: 'unreadable', message, error };
    }
  }

  private skip(message: Message, type: string): 'not-ours' {
    this.options.metrics.skipped.inc({ topic: message.topic, type: type.slice(0, 64) });
    return 'not-ours';
  }

  private leave(message: Message, type: string): 'not-ours' {
    this.options.metrics.unconcerned.inc({ topic: message.topic, type });
    return 'not-ours';
  }

  private route(message: Message, opened: Opened, routes: readonly Route[]): Sorted {
    const refused = (problem: string, detail: string): Item => ({ kind: 'refused', message, refused: { problem, detail: storableDetail(detail) } });
    const { type, version, data } = opened.envelope;
    // Business time may run elsewhere than the senders' clocks; too old is what either of them would let pass.
    const nowMs = Math.min(Date.now(), this.options.clock.now().getTime());
    if (nowMs - Date.parse(opened.time) > AGE_MAX_MS) return refused('message.too-old', `its time is ${opened.time}`);
    const ofType = routes.filter((route) => route.definition.type === type);
    if (ofType.length === 0) return this.door.parks ? this.skip(message, type) : refused('message.unknown-type', `type ${type} is not accepted here`);
    const route = ofType.find((each) => each.definition.version === version);
    if (route === undefined && this.door.parks && ofType.every((each) => version > each.definition.version)) return 'newer';
    if (route === undefined) return refused('message.unknown-version', `version ${version} of ${type} is not accepted here`);
    const parsed = route.definition.data.safeParse(data);
    if (!parsed.success) return refused('message.malformed', issuesText(parsed.error.issues));
    const isOurs = route.concerns(parsed.data);
    if (!isOurs && message.deadLetterId === undefined) return this.leave(message, type);
    return { kind: 'work', message, opened, flow: isOurs ? route.flow : LEAVE_ASIDE, input: () => route.toInput(parsed.data, received(message, opened)) };
  }

  private async work(items: readonly Item[]): Promise<BatchOutcome> {
    const failure = await this.attempt(items);
    if (failure === undefined) return { kind: 'done' };
    if (isTransient(failure)) return { kind: 'unavailable', error: failure };
    if (items.length === 1) return this.insist(items[0]!, failure);
    const middle = items.length >> 1;
    const first = await this.work(items.slice(0, middle));
    return first.kind === 'done' ? this.work(items.slice(middle)) : first;
  }

  /** One transaction. Returns what went wrong; a lost race is simply run again on what is there now. */
  private async attempt(items: readonly Item[]): Promise<unknown> {
    const topic = items[0]!.message.topic;
    for (let tries = 1; ; tries += 1) {
      const done = this.options.metrics.batchSeconds.startTimer({ topic });
      try {
        await this.options.database.transaction((tx) => this.unitOfWork(tx, items));
        done();
        this.options.metrics.batchSize.observe({ topic }, items.length);
        return undefined;
      } catch (error) {
        this.options.metrics.retries.inc({ topic, cause: error instanceof Error ? error.name : 'unknown' });
        if (!(error instanceof RaceLost) || tries >= RACE_TRIES_MAX) return error ?? new Error('something empty was thrown');
      }
    }
  }

  private async insist(item: Item, first: unknown): Promise<BatchOutcome> {
    let failure = first;
    for (const delayMs of DEFECT_RETRY_MS) {
      await pause(delayMs);
      failure = await this.attempt([item]);
      if (failure === undefined) return { kind: 'done' };
      if (isTransient(failure)) return { kind: 'unavailable', error: failure };
    }
    return this.giveUp(item, failure);
  }

  private async giveUp(item: Item, failure: unknown): Promise<BatchOutcome> {
    const { topic, partition, offset, deadLetterId } = item.message;
    this.options.log.error({ err: failure, topic, partition, offset }, 'a message is set aside after five tries');
    // Handed in by an operator: it is set aside already.
    if (deadLetterId !== undefined) return { kind: 'done' };
    if (this.defects.isReached(topic)) return { kind: 'too-many-defects' };
    const detail = storableDetail(failure instanceof Error ? `${failure.name}: ${failure.message}` : 'unknown');
    // What comes later for the same aggregate has to wait, unless nobody has verified that it is about this aggregate.
    const isVerified = item.kind === 'work' || this.door.parks;
    const letter: Aside = { message: item.message, problem: 'message.defect', detail, status: isVerified ? 'parked' : 'kept', isFollower: false };
    try {
      await this.options.database.transaction(async (tx) => {
        // Claimed, so that a second copy is recognised and a replay handles it once.
        if (item.kind === 'work') await claim(tx, [item.opened]);
        await setAside(tx, this.options.service, [letter]);
      });
    } catch (error) {
      return { kind: 'unavailable', error };
    }
    this.defects.count(topic);
    this.options.metrics.deadLetters.inc({ topic, problem: letter.problem });
    return { kind: 'done' };
  }

  private async unitOfWork(tx: Tx, items: readonly Item[]): Promise<void> {
    const standing = await this.stand(tx, items);
    const topic = items[0]!.message.topic;
    const inputs = new Map<Flow<never>, unknown[]>();
    const aside: Aside[] = [];
    const replayed: bigint[] = [];
    for (const item of items) {
      if (item.kind === 'unreadable') throw item.error;
      const verdict = this.judge(item, standing);
      if (verdict === 'duplicate') this.options.metrics.duplicates.inc({ topic });
      else if (verdict !== 'run') aside.push(verdict);
      else if (item.kind === 'work') {
        const list = inputs.get(item.flow) ?? [];
        list.push(item.input());
        inputs.set(item.flow, list);
        if (item.message.deadLetterId !== undefined) replayed.push(item.message.deadLetterId);
      }
    }
    for (const [flow, list] of inputs) await flow.run(tx, list as never);
    await endReplayed(tx, replayed);
    await setAside(tx, this.options.service, aside);
    tx.afterCommit(() => {
      for (const letter of aside) this.options.metrics.deadLetters.inc({ topic, problem: letter.problem });
    });
  }

  private async stand(tx: Tx, items: readonly Item[]): Promise<Standing> {
    const works = items.filter((item): item is WorkItem => item.kind === 'work' && item.message.deadLetterId === undefined);
    const claims = await claim(tx, works.map((item) => item.opened));
    const keys = items.flatMap((item) => item.message.key ?? []);
    const parked = claims.anyParked ? await parkedKeys(tx, items[0]!.message.topic, keys) : new Set<string>();
    const replays = items.flatMap((item) => item.message.deadLetterId ?? []);
    const itemsAt = (positions: ReadonlySet<number>) => new Set<Item>([...positions].map((position) => works[position]!));
    return { fresh: itemsAt(claims.fresh), reused: itemsAt(claims.reused), replayable: await lockForReplay(tx, replays), parked };
  }

  /** Decides for one message, in order, and remembers in `parked` what the later ones of its key must wait for. */
  private judge(item: Exclude<Item, { kind: 'unreadable' }>, { fresh, reused, replayable, parked }: Standing): 'run' | 'duplicate' | Aside {
    const { message } = item;
    if (message.deadLetterId !== undefined && item.kind === 'work') return replayable.has(message.deadLetterId) ? 'run' : 'duplicate';
    const isRepeated = item.kind === 'work' && !fresh.has(item);
    if (isRepeated && !reused.has(item)) return 'duplicate';
    if (message.key !== null && parked.has(message.key) && message.deadLetterId === undefined) {
      // A stranger's refused message does not join the queue; it has a reason of its own.
      if (item.kind === 'work' || this.door.parks) return { message, problem: PARKED_BEHIND, detail: 'an earlier message of this key waits for an operator', status: 'parked', isFollower: true };
    }
    if (item.kind === 'work' && !isRepeated) return 'run';
    const refused = item.kind === 'refused' ? item.refused : { problem: 'message.id-reused', detail: 'the same source, id and time came before with other content' };
    if (this.door.parks && message.key !== null) parked.add(message.key);
    return { message, ...refused, status: this.door.parks ? 'parked' : 'kept', isFollower: false };
  }
}
