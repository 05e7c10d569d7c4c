import { Chance } from '../crash/chance.ts';
import { Alipay } from './alipay.ts';
import { auditOrder } from './audit.ts';
import { BackOffice } from './back-office.ts';
import type { BrokenRule } from './broken-rules.ts';
import { Clockwork } from './clockwork.ts';
import { Finance } from './finance.ts';
import { Gateway, NotUnderstood, type OrderAsk, type Slot } from './gateway.ts';
import type { Host } from './host.ts';
import { Line, type Outage } from './line.ts';
import { Link } from './link.ts';
import { Notices } from './notices.ts';
import { Orders, type PaymentTold } from './orders.ts';
import { People } from './people.ts';
import type { PaymentEvent } from './cores.ts';
import type { Violation } from './rules.ts';
import { Watch } from './watch.ts';

/** A quiet morning, and an evening on which the window for cancels closes. In UTC+8. */
const STARTS = ['2026-11-25T09:00:00+08:00', '2026-11-25T23:30:00+08:00'] as const;
const OPEN_MS = 3_600_000;
/** From then on nothing goes wrong any more, so that what is open must end. */
const WILD_MS = 12 * 3_600_000;
/** A day takes a few thousand; one that never comes to rest is a violation. */
const STEPS_MAX = 200_000;

export interface DayOptions {
  readonly seed: number;
  readonly broken: BrokenRule;
  /** Hears what happens to orders, for the story of one. */
  readonly tell?: (orderKey: string, at: Date, text: string) => void;
}

export interface DayResult {
  readonly orders: number;
  readonly steps: number;
  readonly violation: Violation | undefined;
  /** How often each thing happened. */
  readonly happened: ReadonlyMap<string, number>;
}

/** Now and then Alipay is away for some minutes. */
function someOutages(startMs: number, chance: Chance): Outage[] {
  return Array.from({ length: chance.pick([0, 0, 1, 2]) }, () => {
    const fromMs = startMs + chance.between(0, OPEN_MS);
    return { fromMs, toMs: fromMs + chance.between(5_000, 600_000) };
  });
}

/** One day of a shop in virtual time, from its first order until nothing is open, and the audit after it. */
export function simulateDay(options: DayOptions): DayResult {
  const day = new Day(options);
  return day.run();
}

class Day {
  private readonly chance: Chance;
  private readonly clockwork: Clockwork;
  private readonly watch: Watch;
  private readonly alipay: Alipay;
  private readonly gateway: Gateway;
  private readonly orders: Orders;
  private readonly people: People;
  private readonly office: BackOffice;
  private readonly finance = new Finance();
  private readonly toOrders: Link<PaymentTold>;
  private readonly outages: readonly Outage[];
  private readonly tell: NonNullable<DayOptions['tell']>;
  private readonly happened = new Map<string, number>();
  private ids = 0;

  constructor({ seed, broken, tell = () => undefined }: DayOptions) {
    const chance = new Chance(seed);
    const clockwork = new Clockwork(Date.parse(chance.pick(STARTS)));
    const calmMs = clockwork.nowMs + WILD_MS;
    this.outages = someOutages(clockwork.nowMs, chance);
    const line = new Line({ clockwork, chance, calmMs, badness: chance.pick([0, 0.05, 0.2, 0.5]), outages: this.outages });
    this.chance = chance;
    this.clockwork = clockwork;
    this.tell = tell;
    this.watch = new Watch({ clockwork, gateway: () => this.gateway, books: () => this.alipay.books });
    const notices = new Notices({ clockwork, chance, calmMs, lossRate: chance.pick([0, 0.2, 0.6, 1]), receive: (requestId, verdict) => this.gateway.notified(requestId, verdict) });
    this.alipay = new Alipay({
      clockwork, chance, line, notify: (record) => notices.announce(record),
      onChange: (record) => {
        tell(record.orderKey, clockwork.now, `Alipay: ${record.requestId} is ${record.status}${record.refunds.map(({ requestId, status }) => `, refund ${requestId} ${status}`).join('')}`);
        this.watch.alipayChanged(record);
      },
    });
    const newId = () => `${this.ids++}`.padStart(32, '0');
    this.gateway = new Gateway({
      clockwork, alipay: this.alipay, line, broken, newId, onEvent: (event, slot) => this.fromGateway(event, slot),
      onCall: (call, slot) => {
        tell(slot.payment.bill.orderKey, clockwork.now, `gateway calls Alipay: ${call} ${slot.payment.id}`);
        this.count(`call ${call}`);
        this.watch.called(call, slot);
      },
    });
    const toGateway = new Link<OrderAsk>({ clockwork, chance, to: this.gateway.host, receive: (ask) => this.gateway.receive(ask) });
    this.orders = new Orders({
      clockwork, ask: (ask) => toGateway.send(ask.orderKey, ask),
      onEvent: (event, order) => {
        tell(order.key, clockwork.now, `order: ${event.kind}`);
        this.count(`order ${event.kind}`);
        this.watch.orderTold(event, order);
        this.people.see(event, order);
      },
    });
    this.toOrders = new Link<PaymentTold>({ clockwork, chance, to: this.orders.host, receive: (told) => this.orders.hear(told) });
    this.people = new People({ clockwork, chance, alipay: this.alipay, orders: this.orders });
    this.office = new BackOffice({ clockwork, chance, alipay: this.alipay, gateway: this.gateway });
  }

  run(): DayResult {
    const { chance, clockwork, watch } = this;
    const orders = chance.between(30, 60);
    for (let number = 1; number <= orders; number += 1) clockwork.after(this.arrivalMs(), () => this.people.come(number));
    for (const host of [this.gateway.host, this.orders.host]) this.planCrashes(host);
    // What takes Alipay away from us often takes us down as well.
    for (const { fromMs } of this.outages) if (chance.next() < 0.5) clockwork.at(fromMs + 2_000, () => this.gateway.host.crash(1_000));
    this.office.open(clockwork.nowMs);
    this.untilQuiet();
    return { orders, steps: clockwork.steps, violation: watch.violation ?? this.audit(), happened: this.happened };
  }

  private untilQuiet(): void {
    const { clockwork, watch } = this;
    try {
      if (!clockwork.run(STEPS_MAX)) watch.report('ends', this.busiest(), `something still happens at ${clockwork.now.toISOString()}`);
    } catch (error) {
      if (!(error instanceof NotUnderstood)) throw error;
      watch.report('understood', error.orderKey, error.message);
    }
  }

  private count(what: string): void {
    this.happened.set(what, (this.happened.get(what) ?? 0) + 1);
  }

  /** Somewhen in the day, or just when Alipay goes away. */
  private arrivalMs(): number {
    const { chance, clockwork } = this;
    const outage = this.outages[0];
    return outage !== undefined && chance.next() < 0.1 ? outage.fromMs - clockwork.nowMs + chance.between(0, 2_000) : chance.between(0, OPEN_MS);
  }

  private planCrashes(host: Host): void {
    const { chance, clockwork } = this;
    for (let count = chance.between(0, 6); count > 0; count -= 1) clockwork.after(chance.between(0, 1.5 * OPEN_MS), () => host.crash(chance.pick([500, 5_000, 60_000])));
  }

  private fromGateway(event: PaymentEvent, slot: Slot): void {
    const { payment } = slot;
    const { orderKey, amount } = payment.bill;
    if (event.kind !== 'Inquired') this.tell(orderKey, this.clockwork.now, `gateway: ${event.kind} ${payment.id}${event.kind === 'AttentionNeeded' ? ` (${event.reason})` : ''}`);
    this.count(`payment ${event.kind}`);
    this.watch.paymentTold(event, slot);
    this.office.see(event, slot);
    this.finance.see(event, payment, this.clockwork.now);
    const id = 'id' in event ? event.id : event.kind === 'RefundRefused' ? event.refund.id : undefined;
    const refund = payment.refunds.find((each) => each.id === id);
    this.toOrders.send(orderKey, { orderKey, paymentId: payment.id, amount, event, refund: refund && { key: refund.key, amount: refund.amount, problem: null } });
  }

  private audit(): Violation | undefined {
    const records = [...this.alipay.books.values()];
    for (const order of this.orders.byKey.values()) {
      const payments = this.gateway.slots.map(({ payment }) => payment).filter(({ bill }) => bill.orderKey === order.key);
      const violation = auditOrder({ order, payments, records: records.filter(({ orderKey }) => orderKey === order.key) });
      if (violation !== undefined) return violation;
    }
    for (const { payment } of this.gateway.slots) {
      const violation = this.finance.unexplained(payment, this.alipay.books.get(payment.id));
      if (violation !== undefined) return violation;
    }
    return undefined;
  }

  private busiest(): string {
    return this.gateway.slots.toSorted((one, other) => other.ticket - one.ticket)[0]?.payment.bill.orderKey ?? '';
  }
}
