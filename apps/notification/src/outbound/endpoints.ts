import type { Directory, Endpoint, Log } from '@scantill/platform';

/** Opening secrets costs something; together with the directory's own refresh a change is known within a second. */
const KNOWN_MS = 400;

/** The webhook endpoints of all chains, read from the directory a few times a second at most. */
export class Endpoints {
  private byId = new Map<string, Endpoint>();
  private byChain = new Map<string, readonly Endpoint[]>();
  private readAtMs = 0;

  constructor(private readonly directory: Directory, private readonly log: Log) {}

  all(): Iterable<Endpoint> {
    this.refresh();
    return this.byId.values();
  }

  find(endpointId: string): Endpoint | undefined {
    this.refresh();
    return this.byId.get(endpointId);
  }

  ofChain(chainId: string): readonly Endpoint[] {
    this.refresh();
    return this.byChain.get(chainId) ?? [];
  }

  private refresh(): void {
    if (Date.now() - this.readAtMs < KNOWN_MS) return;
    this.readAtMs = Date.now();
    try {
      const endpoints = this.directory.endpoints();
      this.byId = new Map(endpoints.map((endpoint) => [endpoint.endpointId, endpoint]));
      this.byChain = Map.groupBy(endpoints, (endpoint) => endpoint.chainId);
    } catch (error) {
      // A secret that cannot be opened must not hold up what tills are told: what was known before stands.
      this.log.error({ err: error }, 'the webhook endpoints cannot be read');
    }
  }
}
