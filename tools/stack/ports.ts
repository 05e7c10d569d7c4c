import { createServer } from 'node:net';
import { Problem } from '../bootstrap/problem.mjs';

/** Every port of the stack: the variable that moves it, where it is by default, and whose it is. */
export const portTable = {
  ORDER_PORT: { port: 8081, of: 'order' },
  ORDER_PRIVATE_PORT: { port: 9081, of: "order's private listener" },
  PAYMENT_GATEWAY_PORT: { port: 8082, of: 'payment-gateway' },
  PAYMENT_GATEWAY_NOTIFY_PORT: { port: 8092, of: "payment-gateway's notification door" },
  PAYMENT_GATEWAY_PRIVATE_PORT: { port: 9082, of: "payment-gateway's private listener" },
  NOTIFICATION_PORT: { port: 8083, of: 'notification' },
  NOTIFICATION_PRIVATE_PORT: { port: 9083, of: "notification's private listener" },
  RECONCILIATION_PORT: { port: 8084, of: 'reconciliation' },
  RECONCILIATION_PRIVATE_PORT: { port: 9084, of: "reconciliation's private listener" },
  SIMULATOR_PORT: { port: 8085, of: 'the simulator' },
  SIMULATOR_SFTP_PORT: { port: 8022, of: "the simulator's SFTP server" },
  KAFKA_PORT: { port: 19092, of: 'Kafka' },
  KAFKA_CONTROLLER_PORT: { port: 19093, of: "Kafka's controller" },
  POSTGRES_PORT: { port: 15432, of: 'PostgreSQL' },
} as const;

export type PortVariable = keyof typeof portTable;
export type Ports = Record<PortVariable, number>;

const PORT_MAX = 65_535;
/** Below the range that the system gives to outgoing connections, which would take them from under us. */
const FREE_BLOCK = { from: 20_000, to: 30_000, attempts: 200 };

const variables = Object.keys(portTable) as PortVariable[];

/** The default ports, moved by their variables. */
export function portsFrom(env: NodeJS.ProcessEnv): Ports {
  return Object.fromEntries(variables.map((variable) => [variable, portFrom(variable, env[variable])])) as Ports;
}

function portFrom(variable: PortVariable, text: string | undefined): number {
  if (text === undefined || text === '') return portTable[variable].port;
  const port = Number(text);
  if (!Number.isInteger(port) || port < 1 || port > PORT_MAX) throw new Problem(`${variable} is "${text}", which is no port.`);
  return port;
}

/** Refuses to start on a port that somebody else has, naming the variable that moves it. */
export async function refuseTakenPorts(ports: Partial<Ports>, host: string): Promise<void> {
  const wanted = Object.entries(ports) as [PortVariable, number][];
  const twice = wanted.filter(([, port], index) => wanted.findIndex((other) => other[1] === port) !== index);
  const taken = (await Promise.all(wanted.map(async (entry) => ((await isFree(entry[1], host)) ? [] : [entry])))).flat();
  const sentences = [
    ...taken.map(([variable, port]) => `Port ${port} (${portTable[variable].of}) is taken: stop what uses it, or set ${variable} to another.`),
    ...twice.map(([variable, port]) => `Port ${port} is given twice: set ${variable} to another.`),
  ];
  if (sentences.length > 0) throw new Problem(sentences.join('\n'));
}

/** A block of ports that nobody uses now, for a second stack on the same machine. */
export async function freePorts(): Promise<Ports> {
  for (let attempt = 0; attempt < FREE_BLOCK.attempts; attempt += 1) {
    const first = FREE_BLOCK.from + Math.floor(Math.random() * (FREE_BLOCK.to - FREE_BLOCK.from - variables.length));
    const ports = variables.map((_, index) => first + index);
    const free = await Promise.all(ports.map((port) => isFree(port, '127.0.0.1')));
    if (free.every(Boolean)) return Object.fromEntries(variables.map((variable, index) => [variable, first + index])) as Ports;
  }
  throw new Problem(`No ${variables.length} free ports in a row between ${FREE_BLOCK.from} and ${FREE_BLOCK.to}.`);
}

/** One port that nobody uses now. */
export async function freePort(): Promise<number> {
  for (let attempt = 0; attempt < FREE_BLOCK.attempts; attempt += 1) {
    const port = FREE_BLOCK.from + Math.floor(Math.random() * (FREE_BLOCK.to - FREE_BLOCK.from));
    if (await isFree(port, '127.0.0.1')) return port;
  }
  throw new Problem(`No free port between ${FREE_BLOCK.from} and ${FREE_BLOCK.to}.`);
}

function isFree(port: number, host: string): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen({ port, host, exclusive: true }, () => server.close(() => resolve(true)));
  });
}
