import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/**
 * Names one process for good: a pid alone is given again to others, so it goes together with the time it started.
 * @typedef {{ pid: number, startedAt: string }} ProcessIdentity
 */

/**
 * When the process with this pid started (in an opaque form), or nothing when there is none, or only its unreaped remains.
 * @param {number} pid
 * @returns {string | undefined}
 */
export function startOf(pid) {
  return process.platform === 'linux' ? startFromProc(pid) : startFromPs(pid);
}

/**
 * @param {number} pid
 * @returns {ProcessIdentity}
 */
export function identify(pid) {
  return { pid, startedAt: startOf(pid) ?? 'ended' };
}

/**
 * True only for the very process that was identified, never for another that was given its pid.
 * @param {ProcessIdentity} identity
 */
export function isAlive(identity) {
  return startOf(identity.pid) === identity.startedAt;
}

/** @param {number} pid */
function startFromProc(pid) {
  try {
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The command name may hold blanks and brackets, so fields count from behind its last bracket: state first, start time 20th.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' || fields[0] === 'X' ? undefined : `${boot}:${fields[19]}`;
  } catch {
    return undefined;
  }
}

/** @param {number} pid */
function startFromPs(pid) {
  try {
    const printed = execFileSync('ps', ['-o', 'stat=,lstart=', '-p', String(pid)], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
    return printed === '' || printed.startsWith('Z') ? undefined : printed.replace(/^\S+\s+/, '');
  } catch {
    return undefined;
  }
}
