/** Something the person at the terminal can put right: shown as its sentence, without a stack trace. */
export class Problem extends Error {}

/**
 * Prints what stopped us: a problem as its sentence, anything else with the place it came from.
 * @param {unknown} error
 */
export function tell(error) {
  const text = error instanceof Problem ? error.message : error instanceof Error ? (error.stack ?? error.message) : String(error);
  process.stderr.write(`\n${text}\n`);
}

/**
 * Prints what stopped us, and ends the process with exit code 1.
 * @param {unknown} error
 * @returns {never}
 */
export function failWith(error) {
  tell(error);
  process.exit(1);
}
