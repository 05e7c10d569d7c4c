import { allowed, importOf, refused, type Probe } from './probe.ts';

const RULE = '@nx/enforce-module-boundaries';

const kernel = 'libs/kernel/src/probe.ts';
const contracts = 'libs/contracts/src/probe.ts';
const alipay = 'libs/alipay/src/probe.ts';
const platform = 'libs/platform/src/probe.ts';
const testing = 'libs/testing/src/probe.ts';
const simulator = 'apps/simulator/src/probe.ts';
const e2e = 'apps/e2e/src/probe.ts';
const tools = 'tools/probe.ts';
const script = 'tools/probe.mjs';
const order = 'apps/order/src/outbound/probe.ts';
const notification = 'apps/notification/src/outbound/probe.ts';
const gateway = 'apps/payment-gateway/src/outbound/probe.ts';
const reconciliation = 'apps/reconciliation/src/outbound/probe.ts';

function onlyFrom(sourceTag: string, ...tags: readonly string[]): string {
  return `A project tagged with "${sourceTag}" can only depend on libs tagged with ${tags.map((tag) => `"${tag}"`).join(', ')}`;
}

function never(sourceTag: string, what: string): string {
  return `A project tagged with "${sourceTag}" is not allowed to import "${what}"`;
}

const may = (file: string, ...names: readonly string[]): Probe[] => names.map((name) => allowed(RULE, file, importOf(name)));
const mayNot = (file: string, name: string, refusal: string): Probe => refused(RULE, file, importOf(name), refusal);

/** Who may depend on whom, project by project. What would also close a circle says nothing of a constraint, so none of these does. */
export const projectProbes: readonly Probe[] = [
  mayNot(kernel, '@scantill/db-order', 'A project tagged with "type:kernel" cannot depend on any libs with tags'),
  mayNot(kernel, 'zod', never('type:kernel', 'zod')),
  ...may('libs/kernel/src/probe.spec.ts', '@jest/globals', 'fast-check'),

  mayNot(contracts, '@scantill/alipay', onlyFrom('type:contracts', 'type:kernel')),
  mayNot(contracts, '@nestjs/common', never('type:contracts', '@nestjs/common')),
  ...may(contracts, '@scantill/kernel', 'zod'),
  ...may('libs/contracts/src/probe.spec.ts', '@jest/globals', 'fast-check'),

  mayNot(alipay, '@scantill/contracts', onlyFrom('type:protocol', 'type:kernel')),
  mayNot(alipay, 'pino', never('type:protocol', 'pino')),
  ...may(alipay, '@scantill/kernel', 'zod', 'undici'),
  ...may('libs/alipay/src/probe.spec.ts', '@jest/globals', 'fast-check'),

  mayNot(platform, '@scantill/alipay', onlyFrom('type:platform', 'type:kernel', 'type:contracts', 'type:testing')),
  ...may(platform, '@scantill/kernel', '@scantill/contracts'),
  ...may('libs/platform/test/probe.int.spec.ts', '@scantill/testing'),

  mayNot(testing, '@scantill/db-order', onlyFrom('type:testing', 'type:kernel', 'type:contracts', 'type:protocol')),
  ...may(testing, '@scantill/kernel', '@scantill/contracts', '@scantill/alipay'),

  mayNot(simulator, '@scantill/contracts', onlyFrom('type:simulator', 'type:kernel', 'type:protocol')),
  ...may(simulator, '@scantill/kernel', '@scantill/alipay'),

  mayNot(e2e, '@scantill/platform', onlyFrom('type:e2e', 'type:kernel', 'type:contracts', 'type:protocol', 'type:testing')),
  ...may(e2e, '@scantill/kernel', '@scantill/contracts', '@scantill/alipay', '@scantill/testing'),

  mayNot(tools, '@scantill/alipay', onlyFrom('type:tools', 'type:kernel', 'type:contracts', 'type:platform')),
  mayNot(script, '@scantill/db-order', onlyFrom('type:tools', 'type:kernel', 'type:contracts', 'type:platform')),
  ...may(tools, '@scantill/kernel', '@scantill/contracts', '@scantill/platform'),

  mayNot(order, '@scantill/alipay', onlyFrom('scope:order', 'scope:order', 'scope:shared')),
  mayNot(order, '@scantill/db-notification', onlyFrom('scope:order', 'scope:order', 'scope:shared')),
  ...may(order, '@scantill/db-order', '@scantill/platform'),

  mayNot(notification, '@scantill/alipay', onlyFrom('scope:notification', 'scope:notification', 'scope:shared')),
  ...may(notification, '@scantill/db-notification', '@scantill/platform'),

  mayNot(gateway, '@scantill/db-order', onlyFrom('scope:payment-gateway', 'scope:payment-gateway', 'scope:shared', 'scope:alipay')),
  ...may(gateway, '@scantill/db-payment-gateway', '@scantill/platform', '@scantill/alipay'),

  mayNot(reconciliation, '@scantill/db-payment-gateway', onlyFrom('scope:reconciliation', 'scope:reconciliation', 'scope:shared', 'scope:alipay')),
  ...may(reconciliation, '@scantill/db-reconciliation', '@scantill/platform', '@scantill/alipay'),

  mayNot(order, 'csv-stringify', 'Only packages defined in the "package.json" can be imported. Transitive or unresolvable dependencies are not allowed.'),
  mayNot('apps/order/src/flows/probe.ts', '../../../payment-gateway/src/core/payment.js', 'Projects cannot be imported by a relative or absolute path, and must begin with a npm scope'),
  mayNot('tools/random-day/probe.ts', '../../apps/order/src/core/order.js', 'Projects cannot be imported by a relative or absolute path, and must begin with a npm scope'),
  ...may('tools/random-day/cores.ts', '../../apps/order/src/core/order.js', '../../apps/payment-gateway/src/core/payment.js'),
];
