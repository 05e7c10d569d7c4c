import { setTimeout as wait } from 'node:timers/promises';

/** The part of V8's profile that is read here (Chrome DevTools Protocol, domain Profiler). */
export interface CpuProfile {
  readonly nodes: readonly {
    readonly id: number;
    readonly callFrame: { readonly functionName: string; readonly url: string; readonly lineNumber: number };
  }[];
  readonly samples: readonly number[];
  /** Microseconds since the sample before. */
  readonly timeDeltas: readonly number[];
}

const OPEN_WITHIN_MS = 10_000;
const POLL_MS = 50;
/** A profile of minutes is some megabytes of JSON that a busy process has to write. */
const ANSWER_WITHIN_MS = 60_000;

/** Talks to the inspector of a running Node process. Nothing is open, and nothing costs, until somebody asks. */
export class Inspector {
  private readonly socket: WebSocket;
  private readonly waiting = new Map<number, (message: Answer) => void>();
  private lastId = 0;

  private constructor(socket: WebSocket) {
    this.socket = socket;
    socket.addEventListener('message', ({ data }) => {
      const answer = JSON.parse(String(data)) as Answer;
      this.waiting.get(answer.id ?? 0)?.(answer);
      this.waiting.delete(answer.id ?? 0);
    });
  }

  /** @param port the process was started with `--inspect-port`, and opens it when it is signalled */
  static async open(pid: number, port: number): Promise<Inspector> {
    process.kill(pid, 'SIGUSR1');
    const socket = new WebSocket(await addressAt(port));
    await new Promise<void>((resolve, reject) => {
      socket.addEventListener('open', () => resolve(), { once: true });
      socket.addEventListener('error', () => reject(new Error(`the inspector on port ${port} did not let us in`)), { once: true });
    });
    return new Inspector(socket);
  }

  async startProfile(): Promise<void> {
    await this.ask('Profiler.enable');
    await this.ask('Profiler.start');
  }

  async stopProfile(): Promise<CpuProfile> {
    const { profile } = (await this.ask('Profiler.stop')) as { profile: CpuProfile };
    return profile;
  }

  close(): void {
    this.socket.close();
  }

  private async ask(method: string): Promise<unknown> {
    this.lastId += 1;
    const id = this.lastId;
    const answered = new Promise<Answer>((resolve) => this.waiting.set(id, resolve));
    this.socket.send(JSON.stringify({ id, method }));
    const answer = await Promise.race([answered, wait(ANSWER_WITHIN_MS, undefined, { ref: false })]);
    if (answer?.result === undefined) throw new Error(`${method}: ${answer?.error?.message ?? 'no answer'}`);
    return answer.result;
  }
}

interface Answer {
  readonly id?: number;
  readonly result?: unknown;
  readonly error?: { readonly message: string };
}

async function addressAt(port: number): Promise<string> {
  const deadline = Date.now() + OPEN_WITHIN_MS;
  for (;;) {
    try {
      const [target] = (await (await fetch(`http://127.0.0.1:${port}/json/list`)).json()) as { webSocketDebuggerUrl: string }[];
      if (target !== undefined) return target.webSocketDebuggerUrl;
    } catch (error) {
      if (Date.now() > deadline) throw error;
    }
    await wait(POLL_MS);
  }
}
