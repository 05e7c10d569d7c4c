import { readFileSync, readdirSync } from 'node:fs';

/** The kernel counts CPU time for user space in hundredths of a second, whatever its own clock is. */
const MS_PER_TICK = 10;

/** CPU milliseconds used so far. */
export interface CpuReading {
  readonly byProcess: Readonly<Record<string, number>>;
  readonly machine: MachineReading;
}

interface MachineReading {
  readonly busyMs: number;
  /** Taken by other guests of the same host. */
  readonly stolenMs: number;
}

interface ProcessTimes {
  readonly parent: number;
  readonly ownMs: number;
  /** Of children that have ended and were waited for. */
  readonly endedChildrenMs: number;
}

/** @param pids by name, as the stack knows them; this process joins them as `driver` */
export function readCpu(pids: Readonly<Record<string, number>>): CpuReading {
  const byProcess = Object.fromEntries(Object.entries(pids).map(([name, pid]) => [name, name === 'postgres' ? postgresMs(pid) : timesOf(pid).ownMs]));
  const { user, system } = process.cpuUsage();
  return { byProcess: { ...byProcess, driver: (user + system) / 1_000 }, machine: readMachine() };
}

/** A session of PostgreSQL is a process of its own: those that run count by themselves, those that ended in their parent. */
function postgresMs(pid: number): number {
  const { ownMs, endedChildrenMs } = timesOf(pid);
  const children = readdirSync('/proc').flatMap((entry) => (/^\d+$/.test(entry) ? (tryTimesOf(Number(entry)) ?? []) : []));
  return children.filter(({ parent }) => parent === pid).reduce((sum, child) => sum + child.ownMs, ownMs + endedChildrenMs);
}

function tryTimesOf(pid: number): ProcessTimes | undefined {
  try {
    return timesOf(pid);
  } catch {
    // It ended since the folder was listed.
    return undefined;
  }
}

function timesOf(pid: number): ProcessTimes {
  const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
  // The second field is the program's name in parentheses and may hold spaces; what follows starts with the third (proc(5)).
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ').map(Number);
  const field = (number: number): number => fields[number - 3] ?? 0;
  return { parent: field(4), ownMs: (field(14) + field(15)) * MS_PER_TICK, endedChildrenMs: (field(16) + field(17)) * MS_PER_TICK };
}

function readMachine(): MachineReading {
  const [user = 0, nice = 0, system = 0, , , irq = 0, softirq = 0, steal = 0] = (readFileSync('/proc/stat', 'utf8').split('\n')[0] ?? '').trim().split(/\s+/).slice(1).map(Number);
  return { busyMs: (user + nice + system + irq + softirq) * MS_PER_TICK, stolenMs: steal * MS_PER_TICK };
}

/** The program's name, to tell a broker from the client that started its container. */
export function programOf(pid: number): string {
  return readFileSync(`/proc/${pid}/comm`, 'utf8').trim();
}

export interface CpuUse {
  readonly byProcess: Readonly<Record<string, number>>;
  /** Cores used by everything that is not the benchmark, and cores that the host gave to others: both spoil the figures. */
  readonly others: number;
  readonly stolen: number;
}

export function cpuBetween(before: CpuReading, after: CpuReading, elapsedMs: number): CpuUse {
  const byProcess = Object.fromEntries(Object.entries(after.byProcess).map(([name, ms]) => [name, ms - (before.byProcess[name] ?? ms)]));
  const ours = Object.values(byProcess).reduce((sum, ms) => sum + ms, 0);
  const cores = (ms: number): number => Math.max(0, ms / elapsedMs);
  return { byProcess, others: cores(after.machine.busyMs - before.machine.busyMs - ours), stolen: cores(after.machine.stolenMs - before.machine.stolenMs) };
}
