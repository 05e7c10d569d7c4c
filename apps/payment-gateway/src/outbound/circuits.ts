import type { AlipayOutcome, Operation } from '@scantill/alipay';
import type { Log } from '@scantill/platform';
import { circuitBreaker, CircuitState, ConsecutiveBreaker, handleWhenResult, isBrokenCircuitError, type CircuitBreakerPolicy } from 'cockatiel';

/** Then Alipay is taken to be away. Business answers of any kind are answers. */
const FAILURES_MAX = 5;
/** After this one call goes through, to see whether it is back. */
const TRY_AGAIN_MS = 3_000;
/** Nothing more is sent while a call waits longer than this: behind it all others would hang until their time-out. */
const OLDEST_CALL_MAX_MS = 2_500;

interface Circuit {
  readonly breaker: CircuitBreakerPolicy;
  /** When the calls under way were begun, oldest first. */
  readonly inFlight: Set<{ readonly startedMs: number }>;
  tryAgainAtMs: number;
}

/** The circuit was open: nothing was sent. */
export class NotSent extends Error {
  override readonly name = 'NotSent';
}

/** One circuit for each account and operation: it opens on failures and on the oldest call in flight, and tries again by itself. */
export class Circuits {
  private readonly circuits = new Map<string, Circuit>();

  constructor(private readonly log: Log) {}

  isClosed(accountId: string, operation: Operation): boolean {
    const circuit = this.circuits.get(nameOf(accountId, operation));
    return circuit === undefined || (circuit.breaker.state === CircuitState.Closed && !isStuck(circuit));
  }

  /** Whether a call may be made now. Of an open circuit, one at a time is let through after a while. */
  admit(accountId: string, operation: Operation): boolean {
    if (this.isClosed(accountId, operation)) return true;
    const circuit = this.of(accountId, operation);
    const nowMs = Date.now();
    if (nowMs < circuit.tryAgainAtMs || isStuck(circuit)) return false;
    circuit.tryAgainAtMs = nowMs + TRY_AGAIN_MS;
    return true;
  }

  /** Throws NotSent when the circuit opened in between. */
  async run<O extends Operation>(accountId: string, operation: O, send: () => Promise<AlipayOutcome<O>>): Promise<AlipayOutcome<O>> {
    const circuit = this.of(accountId, operation);
    const mark = { startedMs: Date.now() };
    circuit.inFlight.add(mark);
    try {
      return await circuit.breaker.execute(send);
    } catch (error) {
      throw isBrokenCircuitError(error) ? new NotSent('Alipay does not answer at the moment', { cause: error }) : error;
    } finally {
      circuit.inFlight.delete(mark);
    }
  }

  private of(accountId: string, operation: Operation): Circuit {
    const name = nameOf(accountId, operation);
    const known = this.circuits.get(name);
    if (known !== undefined) return known;
    const breaker = circuitBreaker(handleWhenResult((outcome) => isFailure(outcome as AlipayOutcome<Operation>)), { halfOpenAfter: TRY_AGAIN_MS, breaker: new ConsecutiveBreaker(FAILURES_MAX) });
    const circuit: Circuit = { breaker, inFlight: new Set(), tryAgainAtMs: 0 };
    breaker.onBreak(() => {
      circuit.tryAgainAtMs = Date.now() + TRY_AGAIN_MS;
      this.log.error({ accountId, operation }, 'Alipay does not answer: the circuit is open');
    });
    breaker.onReset(() => this.log.info({ accountId, operation }, 'Alipay answers again: the circuit is closed'));
    this.circuits.set(name, circuit);
    return circuit;
  }
}

function nameOf(accountId: string, operation: Operation): string {
  return `${accountId} ${operation}`;
}

function isStuck({ inFlight }: Circuit): boolean {
  const [oldest] = inFlight;
  return oldest !== undefined && Date.now() - oldest.startedMs > OLDEST_CALL_MAX_MS;
}

/** What is malformed or badly signed came from somebody: that is no outage. */
function isFailure(outcome: AlipayOutcome<Operation>): boolean {
  return outcome.kind === 'no-answer' && (outcome.reason === 'timeout' || outcome.reason === 'connection' || outcome.reason === 'http-status');
}
