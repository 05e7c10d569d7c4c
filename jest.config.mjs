// Runs on the sources: the custom condition finds a library's src, so no build is needed before a test.
const common = {
  extensionsToTreatAsEsm: ['.ts'],
  transform: { '^.+\\.ts$': ['@swc/jest', { swcrc: false, jsc: { parser: { syntax: 'typescript', decorators: true }, transform: { legacyDecorator: true, decoratorMetadata: true }, target: 'es2024', keepClassNames: true }, module: { type: 'es6' } }] },
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
  transformIgnorePatterns: ['/node_modules/'],
  modulePathIgnorePatterns: ['/dist/', '/.data/'],
  testEnvironment: 'node',
  testEnvironmentOptions: { customExportConditions: ['@scantill/source', 'node', 'node-addons'] },
};

/** No test fails because a machine is slow; one that hangs is ended. */
const ENDED_AFTER_MS = 240_000;

export default {
  testTimeout: ENDED_AFTER_MS,
  projects: [
    { ...common, displayName: 'unit', testMatch: ['<rootDir>/{apps,libs}/*/src/**/!(*.int|*.e2e).spec.ts', '<rootDir>/tools/**/*.spec.ts'] },
    { ...common, displayName: 'int', testMatch: ['<rootDir>/{apps,libs}/*/test/**/*.int.spec.ts'] },
    { ...common, displayName: 'e2e', testMatch: ['<rootDir>/apps/e2e/src/**/*.e2e.spec.ts'] },
  ],
};
