import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

/** A wire between us and an engine that can be cut and mended: connections break, and new ones are refused. */
export class TcpLink {
  private readonly sockets = new Set<Socket>();
  private server: Server | undefined;
  private listeningOn = 0;

  private constructor(private readonly target: { readonly host: string; readonly port: number }) {}

  static async to(host: string, port: number): Promise<TcpLink> {
    const link = new TcpLink({ host, port });
    await link.mend();
    return link;
  }

  /** In front of the server that a URL names. */
  static async toUrl(url: string): Promise<TcpLink> {
    const { hostname, port } = new URL(url);
    return TcpLink.to(hostname, Number(port));
  }

  get port(): number {
    return this.listeningOn;
  }

  /** The same URL, by way of this wire. */
  through(url: string): string {
    const other = new URL(url);
    other.hostname = '127.0.0.1';
    other.port = String(this.listeningOn);
    return other.toString();
  }

  /** On the same port as before. */
  async mend(): Promise<void> {
    const server = createServer((near) => this.join(near));
    await new Promise<void>((resolve, reject) => server.once('error', reject).listen(this.listeningOn, '127.0.0.1', resolve));
    this.listeningOn = (server.address() as AddressInfo).port;
    this.server = server;
  }

  async cut(): Promise<void> {
    const { server } = this;
    this.server = undefined;
    const closed = new Promise((resolve) => (server === undefined ? resolve(undefined) : server.close(resolve)));
    for (const socket of this.sockets) socket.destroy();
    await closed;
  }

  private join(near: Socket): void {
    const far = connect(this.target);
    for (const [from, to] of [[near, far], [far, near]] as const) {
      this.sockets.add(from);
      from.on('error', () => undefined).on('close', () => {
        this.sockets.delete(from);
        to.destroy();
      });
      from.pipe(to);
    }
  }
}
