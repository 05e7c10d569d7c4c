import { allowed, refused, type Probe } from './probe.ts';

const DEFAULT_EXPORTS = 'no-restricted-exports';
const FLOATING = '@typescript-eslint/no-floating-promises';

const source = 'apps/order/src/flows/probe.ts';
const script = 'tools/probe.mjs';
const settings = 'jest.config.mjs';
const specs = ['apps/order/src/core/probe.spec.ts', 'apps/order/test/probe.ts', 'apps/e2e/src/probe.ts'];
const controller = 'apps/order/src/inbound/probe.controller.ts';
/** Types are known only of files that exist. */
const existing = 'libs/kernel/src/assert.ts';

const lines = (count: number): string => '1;\n'.repeat(count - 1) + '2;';
/** A function of this many lines that count; `extra` are its blank lines and comments. */
const functionOf = (count: number, extra = ''): string => `export function probe() {\n${extra}${'  1;\n'.repeat(count - 2)}}`;
const parameters = (count: number): string => `export const probe = (${Array.from({ length: count }, (_, index) => `p${index}`).join(', ')}) => 1;`;
const nested = (depth: number): string => `export function probe() { ${'if (a) { '.repeat(depth)}${'} '.repeat(depth)}}`;
const promise = 'declare function later(): Promise<void>;\n';

/** How all code is written. */
export const habitProbes: readonly Probe[] = [
  refused('max-lines', source, lines(301), 'Maximum allowed is 300.'),
  refused('max-lines', script, lines(301), 'Maximum allowed is 300.'),
  allowed('max-lines', source, lines(300)),
  refused('max-lines-per-function', source, functionOf(71), 'Maximum allowed is 70.'),
  allowed('max-lines-per-function', source, functionOf(70, '\n\n// why\n/* and why */\n')),
  ...specs.map((file) => allowed('max-lines-per-function', file, functionOf(71))),
  refused('max-depth', source, nested(4), 'Maximum allowed is 3.'),
  allowed('max-depth', source, nested(3)),
  refused('max-params', source, parameters(5), 'Maximum allowed is 4.'),
  allowed('max-params', source, parameters(4)),
  ...specs.map((file) => allowed('max-params', file, parameters(9))),
  refused('max-params', controller, parameters(7), 'Maximum allowed is 6.'),
  allowed('max-params', controller, parameters(6)),

  ...['export default 1;', 'const probe = 1; export { probe as default };', "export { default } from './order.js';", "export { order as default } from './order.js';", "export * as default from './order.js';"].map((code) =>
    refused(DEFAULT_EXPORTS, source, code, "Exporting 'default' is restricted."),
  ),
  refused(DEFAULT_EXPORTS, script, 'export default 1;', "Exporting 'default' is restricted."),
  allowed(DEFAULT_EXPORTS, settings, 'export default 1;'),
  allowed(DEFAULT_EXPORTS, source, 'export const probe = 1;'),

  refused('@typescript-eslint/no-explicit-any', source, 'export const probe: any = 1;', 'Unexpected any. Specify a different type.'),
  allowed('@typescript-eslint/no-explicit-any', source, 'export const probe: unknown = 1;'),
  refused('@typescript-eslint/consistent-type-imports', source, "import { ok, Money } from '@scantill/kernel';\nexport const probe = (money: Money) => ok(money);", 'Imports "Money" are only used as type.'),
  refused('@typescript-eslint/consistent-type-imports', source, "import { Money, Result } from '@scantill/kernel';\nexport type Probe = Result<Money, Money>;", 'All imports in the declaration are only used as types. Use `import type`.'),
  allowed('@typescript-eslint/consistent-type-imports', source, "import { ok, type Money } from '@scantill/kernel';\nexport const probe = (money: Money) => ok(money);"),

  refused(FLOATING, existing, `${promise}later();`, 'explicitly marked as ignored with the `void` operator.'),
  allowed(FLOATING, existing, `${promise}void later();\nexport const probe = later();`),
  allowed(FLOATING, settings, 'later();'),

  refused('max-depth', source, `/* eslint-disable max-depth */\n${nested(4)}`, 'Maximum allowed is 3.'),
];
