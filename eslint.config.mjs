import nx from '@nx/eslint-plugin';
import tseslint from 'typescript-eslint';

const SOURCES = ['apps/*/src/**/*.ts', 'libs/*/src/**/*.ts'];
const PURE = ['apps/*/src/core/**/*.ts', 'libs/kernel/src/**/*.ts'];
const SPECS = ['**/*.spec.ts', 'apps/e2e/src/**/*.ts'];
/** Root settings, whose tools ask for a default export; no tsconfig knows them. */
const SETTINGS = ['*.mjs'];
/** Where the platform itself speaks to PostgreSQL. */
const PLATFORM_DATABASE = ['libs/platform/src/database.ts', 'libs/platform/src/prisma.ts', 'libs/platform/src/inbox/**/*.ts', 'libs/platform/src/outbox/**/*.ts'];
const SPEAKS_ALIPAY = [
  'libs/alipay/src/**', 'apps/simulator/src/**', 'apps/payment-gateway/src/inbound/notifications.listener.ts', 'apps/payment-gateway/src/outbound/**',
  'apps/reconciliation/src/outbound/**',
];

const TEST_TOOLS = ['@jest/globals', 'fast-check'];
const passIn = 'Pure code: take the value as an argument.';
const config = 'Read configuration in config.ts.';

const bans = {
  outsidePure: { regex: '^(?!\\./(?!.*\\.\\.)|@scantill/kernel$)', message: 'Pure code: only siblings and @scantill/kernel may be imported here.' },
  inbound: { group: ['**/inbound/**'], message: 'Inner code does not know who called it.' },
  flows: { group: ['**/flows/**'], message: 'Outbound code is called; it calls nothing back.' },
  outbound: { group: ['**/outbound/**'], message: 'Inbound code calls a flow.' },
  wiring: { group: ['**/*.module.js', '**/main.js'], message: 'Only main.ts knows the wiring.' },
  database: { group: ['@scantill/db-*', '@prisma/*', 'pg', 'pg-*'], message: 'Only outbound/ touches the database client.' },
  testing: { group: ['@scantill/testing', ...TEST_TOOLS, '**/test/**'], message: 'Only spec files import test code.' },
  process: { regex: '^(node:)?process$', message: config },
  ownIndex: { regex: '^\\.{1,2}/(.*/)?index\\.js$', message: 'Inside a project, import the file itself.' },
  businessEvents: { regex: '^@scantill/contracts$', importNamePattern: '^(?!directory).*V\\d+$', message: 'The platform knows the envelope and directory events, no others.' },
  merchantSignatures: {
    regex: '^@scantill/alipay$', importNamePattern: '^(Signer|Verifier|signedPrefix|readNotification|AlipayClient)$',
    message: 'The simulator signs and verifies by its own path, so that a mistake cannot cancel itself out.',
  },
};
const everywhere = [bans.testing, bans.process, bans.ownIndex];

/** Alipay's own field names. Those that are words of ours too (paymentId, resultCode, merchantName) cannot be told apart and are left out. */
const alipayNames = [
  'paymentRequestId', 'refundRequestId', 'referenceOrderId', 'referenceStoreId', 'referenceGoodsId', 'referenceRefundId', 'storeTerminalId', 'storeMCC', 'merchantMCC',
  'paymentMethodType', 'paymentFactor', 'inStorePaymentScenario', 'settlementStrategy', 'paymentExpiryTime', 'paymentNotifyUrl', 'paymentRedirectUrl', 'resultStatus',
  'paymentResultCode', 'orderCodeForm', 'codeDetails', 'codeValue', 'pspCustomerInfo', 'paymentQuote', 'actualPaymentAmount', 'notifyType',
].map((name) => ({ selector: `Identifier[name='${name}']`, message: 'Alipay\'s field names stay where we speak with Alipay.' }));

const impureGlobals = [
  'process', 'fetch', 'setTimeout', 'setInterval', 'setImmediate', 'queueMicrotask', 'crypto', 'console', 'performance', 'globalThis', 'global', 'Promise', 'require',
].map((name) => ({ name, message: passIn }));
const impureProperties = [['Date', 'now'], ['Math', 'random']].map(([object, property]) => ({ object, property, message: passIn }));
const impureSyntax = [
  "NewExpression[callee.name='Date'][arguments.length=0]", "CallExpression[callee.name='Date']", 'AwaitExpression', 'ForOfStatement[await=true]', ':function[async=true]', 'ImportExpression',
].map((selector) => ({ selector, message: passIn }));

/**
 * What the files of one place may not import. A later no-restricted-imports replaces an earlier one for the same file, it does not add
 * to it: so the general place comes first, the special ones after it, and each names all of its bans. Other rules with lists likewise.
 * @param {string} name
 * @param {string[]} files
 * @param {object[]} patterns
 */
function place(name, files, patterns) {
  return { name: `boundaries/imports of ${name}`, files, rules: { 'no-restricted-imports': ['error', { patterns }] } };
}

const boundaries = [
  {
    name: 'boundaries/projects',
    files: ['**/*.ts', '**/*.mjs'],
    plugins: { '@nx': nx },
    rules: {
      '@nx/enforce-module-boundaries': ['error', {
        banTransitiveDependencies: true,
        depConstraints: [
          { sourceTag: 'type:kernel', onlyDependOnLibsWithTags: [], allowedExternalImports: TEST_TOOLS },
          { sourceTag: 'type:contracts', onlyDependOnLibsWithTags: ['type:kernel'], allowedExternalImports: ['zod', ...TEST_TOOLS] },
          { sourceTag: 'type:protocol', onlyDependOnLibsWithTags: ['type:kernel'], allowedExternalImports: ['zod', 'undici', ...TEST_TOOLS] },
          { sourceTag: 'type:platform', onlyDependOnLibsWithTags: ['type:kernel', 'type:contracts', 'type:testing'] },
          // Not the platform, whose own specs use testing: a circle can be built by nobody.
          { sourceTag: 'type:testing', onlyDependOnLibsWithTags: ['type:kernel', 'type:contracts', 'type:protocol'] },
          { sourceTag: 'type:simulator', onlyDependOnLibsWithTags: ['type:kernel', 'type:protocol'] },
          { sourceTag: 'type:e2e', onlyDependOnLibsWithTags: ['type:kernel', 'type:contracts', 'type:protocol', 'type:testing'] },
          { sourceTag: 'type:tools', onlyDependOnLibsWithTags: ['type:kernel', 'type:contracts', 'type:platform'] },
          { sourceTag: 'scope:order', onlyDependOnLibsWithTags: ['scope:order', 'scope:shared'] },
          { sourceTag: 'scope:notification', onlyDependOnLibsWithTags: ['scope:notification', 'scope:shared'] },
          { sourceTag: 'scope:payment-gateway', onlyDependOnLibsWithTags: ['scope:payment-gateway', 'scope:shared', 'scope:alipay'] },
          { sourceTag: 'scope:reconciliation', onlyDependOnLibsWithTags: ['scope:reconciliation', 'scope:shared', 'scope:alipay'] },
        ],
      }],
    },
  },
  // The simulation of days drives the very decisions of two services, so one file of it reaches into both.
  { name: 'boundaries/simulated cores', files: ['tools/random-day/cores.ts'], rules: { '@nx/enforce-module-boundaries': 'off' } },
  place('sources', SOURCES, [bans.database, ...everywhere]),
  place('pure code', PURE, [bans.outsidePure]),
  place('inbound', ['apps/*/src/inbound/**/*.ts'], [bans.outbound, bans.wiring, bans.database, ...everywhere]),
  place('flows', ['apps/*/src/flows/**/*.ts'], [bans.inbound, bans.wiring, bans.database, ...everywhere]),
  place('outbound', ['apps/*/src/outbound/**/*.ts'], [bans.inbound, bans.flows, bans.wiring, ...everywhere]),
  place('the simulator', ['apps/simulator/src/**/*.ts'], [bans.merchantSignatures, bans.database, ...everywhere]),
  place('the platform', ['libs/platform/src/**/*.ts'], [bans.businessEvents, bans.database, ...everywhere]),
  place('the platform\'s database code', PLATFORM_DATABASE, [bans.businessEvents, ...everywhere]),
  place('main.ts', ['apps/*/src/main.ts'], [bans.database, bans.testing, bans.ownIndex]),
  {
    name: 'boundaries/sources',
    files: SOURCES,
    rules: {
      'no-restricted-properties': ['error', { object: 'process', property: 'env', message: config }],
      'no-restricted-syntax': ['error', ...alipayNames],
    },
  },
  {
    name: 'boundaries/pure code',
    files: PURE,
    rules: {
      'no-restricted-globals': ['error', ...impureGlobals],
      'no-restricted-properties': ['error', ...impureProperties],
      'no-restricted-syntax': ['error', ...impureSyntax, ...alipayNames],
    },
  },
  { name: 'boundaries/where configuration is read', files: ['apps/*/src/config.ts', 'apps/*/src/main.ts'], rules: { 'no-restricted-properties': 'off' } },
  { name: 'boundaries/where we speak with Alipay', files: SPEAKS_ALIPAY, rules: { 'no-restricted-syntax': 'off' } },
  {
    name: 'boundaries/test code',
    files: [...SPECS, 'libs/testing/src/**/*.ts'],
    rules: { 'no-restricted-imports': 'off', 'no-restricted-globals': 'off', 'no-restricted-properties': 'off', 'no-restricted-syntax': 'off' },
  },
  {
    name: 'boundaries/index files',
    files: ['**/index.ts'],
    ignores: ['libs/*/src/index.ts'],
    rules: { 'no-restricted-syntax': ['error', { selector: 'Program', message: 'index.ts only at a library\'s root: import the file itself.' }] },
  },
];

const habits = [
  {
    name: 'habits/all code',
    files: ['**/*.ts', '**/*.mjs'],
    plugins: { '@typescript-eslint': tseslint.plugin },
    languageOptions: { parser: tseslint.parser, parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    // An exception is a narrow block here with its reason, where all of them can be seen together.
    linterOptions: { noInlineConfig: true },
    rules: {
      'max-lines': ['error', 300],
      'max-lines-per-function': ['error', { max: 70, skipBlankLines: true, skipComments: true }],
      'max-depth': ['error', { max: 3 }],
      'max-params': ['error', { max: 4 }],
      'no-restricted-exports': ['error', { restrictDefaultExports: { direct: true, named: true, defaultFrom: true, namedFrom: true, namespaceFrom: true } }],
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-floating-promises': 'error',
    },
  },
  // A describe holds all the rules of a state and is read one `it` at a time; the row of a table comes in as so many parameters.
  { name: 'habits/specs', files: [...SPECS, '**/test/**/*.ts'], rules: { 'max-lines-per-function': 'off', 'max-params': 'off' } },
  // Nest hands in each part of a request as a parameter of its own.
  { name: 'habits/controllers', files: ['apps/*/src/inbound/*.controller.ts'], rules: { 'max-params': ['error', { max: 6 }] } },
  {
    name: 'habits/settings',
    files: SETTINGS,
    languageOptions: { parserOptions: { projectService: false } },
    rules: { 'no-restricted-exports': 'off', '@typescript-eslint/no-floating-promises': 'off' },
  },
];

export default [{ ignores: ['**/dist', '**/generated', '**/node_modules', '.data*', '.nx', 'tools/kafka/libs'] }, ...boundaries, ...habits];
