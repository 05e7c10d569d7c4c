import type { Config } from './lint.ts';

/** The configuration with one element taken out of it, or one limit moved. */
export interface Mutation {
  /** The block and the way to the element, for a person to find it. */
  readonly where: string;
  /** What was taken out. */
  readonly removed: unknown;
  /** The constraint, pattern or selector that it was taken out of. */
  readonly outOf: unknown;
  /** The rules of its block. */
  readonly rules: readonly string[];
  /** Whether the block allows what others refuse. */
  readonly lifts: boolean;
  readonly config: Config;
}

type Block = Config[number];

/** Every configuration that says one thing less: a rule, a file pattern, a constraint, a pattern, a tag, a selector, a message, a limit. */
export function* mutations(config: Config): Generator<Mutation> {
  for (const [index, block] of config.entries()) {
    if (block.rules === undefined) continue;
    for (const { at, removed, outOf, value } of ofBlock(block)) {
      yield { where: `${block.name ?? index}: ${at}`, removed, outOf, rules: Object.keys(block.rules), lifts: Object.values(block.rules).includes('off'), config: config.with(index, value) };
    }
  }
}

interface Smaller<T> {
  readonly at: string;
  readonly removed: unknown;
  readonly outOf: unknown;
  readonly value: T;
}

function* ofBlock(block: Block): Generator<Smaller<Block>> {
  const { files, ignores, linterOptions, rules = {} } = block;
  for (const part of less(files ?? [], 'files')) yield { ...part, value: { ...block, files: part.value } };
  for (const part of less(ignores ?? [], 'ignores')) yield { ...part, value: { ...block, ignores: part.value } };
  if (ignores?.length === 1) yield { at: 'ignores', removed: ignores, outOf: undefined, value: { ...block, ignores: [] } };
  for (const part of less(linterOptions ?? {}, 'linterOptions')) yield { ...part, value: { ...block, linterOptions: part.value } };
  for (const [rule, entry] of Object.entries(rules)) {
    const { [rule]: removed, ...others } = rules;
    yield { at: rule, removed, outOf: undefined, value: { ...block, rules: others } };
    if (!Array.isArray(entry)) continue;
    const [severity, ...options] = entry;
    for (const part of less(options, rule)) yield { ...part, value: { ...block, rules: { ...rules, [rule]: [severity, ...part.value] } } };
  }
}

/** Everything that is this value with one thing less in it, at any depth. A list is not emptied: whoever holds it can be taken out itself. */
function* less<T>(value: T, at: string, holder?: unknown): Generator<Smaller<T>> {
  if (typeof value === 'number') yield { at, removed: value, outOf: holder, value: (value + 1) as T };
  if (typeof value !== 'object' || value === null) return;
  const isList = Array.isArray(value);
  const outOf = isList ? holder : value;
  for (const [key, part] of Object.entries(value)) {
    const here = `${at}.${key}`;
    if (!isList) yield { at: here, removed: part, outOf, value: Object.fromEntries(Object.entries(value).filter(([name]) => name !== key)) as T };
    else if (value.length > 1) yield { at: here, removed: part, outOf, value: value.toSpliced(Number(key), 1) as T };
    for (const deeper of less<unknown>(part, here, outOf)) {
      yield { ...deeper, value: (isList ? value.with(Number(key), deeper.value) : { ...value, [key]: deeper.value }) as T };
    }
  }
}
