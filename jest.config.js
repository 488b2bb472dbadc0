const swc = [
  '@swc/jest',
  {
    jsc: {
      target: 'es2023',
      parser: { syntax: 'typescript', decorators: true },
      transform: { legacyDecorator: true, decoratorMetadata: true, useDefineForClassFields: false },
      keepClassNames: true,
    },
    module: { type: 'es6' },
  },
];

const shared = {
  testEnvironment: 'node',
  extensionsToTreatAsEsm: ['.ts'],
  transform: { '^.+\\.ts$': swc },
};

// `unit` sees the sources, to reach what the package does not export. `e2e` sees the built package by
// its public name, as a user does; only its own support files need their .js endings mapped to .ts.
export default {
  maxWorkers: 2,
  // For machines much slower, or busier, than those of the authors.
  testTimeout: 30_000,
  workerIdleMemoryLimit: '1GB',
  projects: [
    {
      ...shared,
      displayName: 'unit',
      testMatch: ['<rootDir>/test/unit/**/*.spec.ts'],
      moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
    },
    {
      ...shared,
      displayName: 'e2e',
      testMatch: ['<rootDir>/test/e2e/**/*.spec.ts'],
      moduleNameMapper: { '^(\\.{1,2}/(?:.*/)?(?:support|fixtures)/.*)\\.js$': '$1' },
    },
  ],
};
