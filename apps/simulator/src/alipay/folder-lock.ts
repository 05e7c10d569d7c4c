import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * One simulator per data folder: two would write over each other's journal. The lock names its process, so that one left behind
 * by a killed simulator is recognised and taken over.
 */
export class FolderLock {
  private readonly path: string;

  /** @throws if a living process holds the folder */
  constructor(folder: string) {
    mkdirSync(folder, { recursive: true });
    this.path = join(folder, 'lock');
    const holder = this.holder();
    if (holder !== undefined && isAlive(holder)) throw new Error(`${folder} is in use by process ${holder}; SIMULATOR_DATA_DIR names another folder.`);
    writeFileSync(this.path, String(process.pid));
  }

  release(): void {
    rmSync(this.path, { force: true });
  }

  private holder(): number | undefined {
    try {
      return Number(readFileSync(this.path, 'utf8'));
    } catch {
      return undefined;
    }
  }
}

/** Our own number means a container that was killed: its one process has the same number every time. */
function isAlive(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0 || pid === process.pid) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
