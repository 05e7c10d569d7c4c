import type { Chance } from '../crash/chance.ts';
import type { Clockwork } from './clockwork.ts';
import type { Host } from './host.ts';

interface Letter<Message> {
  readonly id: number;
  readonly message: Message;
}

/**
 * The messages from one service to another: of one key in order, delayed, and some of them more than once. The receiver claims each
 * id with the work that it causes, so that a repetition does nothing.
 */
export class Link<Message> {
  private ids = 0;
  private readonly waiting = new Map<string, Letter<Message>[]>();
  private readonly lastMs = new Map<string, number>();
  private readonly claimed = new Set<number>();
  private readonly parts: { readonly clockwork: Clockwork; readonly chance: Chance; readonly to: Host; readonly receive: (message: Message) => void };

  constructor(parts: Link<Message>['parts']) {
    this.parts = parts;
  }

  send(key: string, message: Message): void {
    const { clockwork, chance } = this.parts;
    const letter = { id: this.ids++, message };
    const queue = this.waiting.get(key) ?? [];
    this.waiting.set(key, queue);
    queue.push(letter);
    const delayMs = chance.next() < 0.05 ? chance.between(1_000, 60_000) : chance.between(1, 30);
    const atMs = Math.max(this.lastMs.get(key) ?? 0, clockwork.nowMs + delayMs);
    this.lastMs.set(key, atMs);
    clockwork.at(atMs, () => this.deliver(queue));
  }

  /** Always the oldest of its key, whichever delivery was due. */
  private deliver(queue: Letter<Message>[]): void {
    const { clockwork, chance, to } = this.parts;
    if (!to.isUp) return to.whenUp(() => this.deliver(queue));
    const letter = queue.shift();
    if (letter === undefined) return;
    this.receive(letter);
    if (chance.next() < 0.05) clockwork.after(chance.between(1, 20_000), () => to.whenUp(() => this.receive(letter)));
  }

  private receive({ id, message }: Letter<Message>): void {
    if (this.claimed.has(id)) return;
    this.claimed.add(id);
    this.parts.receive(message);
  }
}
