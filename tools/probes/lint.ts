import { join } from 'node:path';
import { Linter } from 'eslint';
import { repoRoot } from '../bootstrap/run.mjs';
import type { Probe } from './probe.ts';

export type Config = readonly Linter.Config[];

const TYPED_RULE = '@typescript-eslint/no-floating-promises';
/** Types are asked for only where a probe is about them: reading a project takes seconds. */
const untyped: Linter.Config = { languageOptions: { parserOptions: { projectService: false } }, rules: { [TYPED_RULE]: 'off' } };

const linter = new Linter({ configType: 'flat', cwd: repoRoot });

/** How a probe misbehaves under a configuration, or nothing when it is refused or let pass as it should be. */
export function misbehaviour(probe: Probe, config: Config): string | undefined {
  const messages = lint(probe, config);
  if (probe.refusal !== undefined) return isRefused(probe, messages) ? undefined : `got ${listed(messages)} and not ${probe.rule}: ... ${probe.refusal}`;
  // Without a rule it is no verdict: code that cannot be read, a file that no block is about.
  const unexpected = messages.filter(({ ruleId }) => ruleId === null || ruleId === probe.rule);
  return unexpected.length === 0 ? undefined : `got ${listed(unexpected)}`;
}

/** Whether the probe still behaves when only its own rule is asked. A configuration that ESLint does not accept counts as no. */
export function behaves(probe: Probe, config: Config): boolean {
  try {
    const messages = lint(probe, onlyRule(probe.rule, config));
    return probe.refusal === undefined ? messages.every(({ ruleId }) => ruleId !== probe.rule) : isRefused(probe, messages);
  } catch {
    return false;
  }
}

function isRefused({ rule, refusal = '' }: Probe, messages: readonly Linter.LintMessage[]): boolean {
  return messages.some(({ ruleId, message }) => ruleId === rule && message.endsWith(refusal));
}

function lint({ rule, file, code }: Probe, config: Config): Linter.LintMessage[] {
  const used = rule === TYPED_RULE ? [...config] : [...config, untyped];
  return linter.verify(code, used, { filename: join(repoRoot, file) });
}

/** ESLint checks the settings of every rule it is given before it looks at the code, which takes longer than the code. */
function onlyRule(rule: string, config: Config): Config {
  return config.map((block) => (block.rules === undefined ? block : { ...block, rules: Object.fromEntries(Object.entries(block.rules).filter(([name]) => name === rule)) }));
}

function listed(messages: readonly Linter.LintMessage[]): string {
  return messages.length === 0 ? 'nothing' : messages.map(({ ruleId, message }) => `${ruleId ?? 'no rule'}: ${message}`).join('; ');
}
