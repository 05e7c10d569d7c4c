/** A piece of code that a rule must refuse, with these words at the end of its message, or must let pass. */
export interface Probe {
  readonly rule: string;
  /** The file that would hold it; it need not exist. */
  readonly file: string;
  readonly code: string;
  /** How the message ends; nothing when the code is allowed. */
  readonly refusal: string | undefined;
}

export function refused(rule: string, file: string, code: string, refusal: string): Probe {
  return { rule, file, code, refusal };
}

export function allowed(rule: string, file: string, code: string): Probe {
  return { rule, file, code, refusal: undefined };
}

export function importOf(what: string): string {
  return `import { probe } from '${what}';\nexport const seen = probe;\n`;
}
