import { existsSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { fileURLToPath } from 'node:url';
import { transformFileSync } from '@swc/core';

/** Libraries export their sources under this condition, as for types and tests. */
const SOURCE = '@scantill/source';
const swcrc = fileURLToPath(new URL('../../.swcrc', import.meta.url));

/** Runs libraries and services from their sources, decorators included, so that documents can be checked without a build. Import it first. */
registerHooks({
  resolve(specifier, context, next) {
    const source = specifier.startsWith('.') && specifier.endsWith('.js') ? specifier.replace(/\.js$/, '.ts') : undefined;
    const isSource = source !== undefined && context.parentURL !== undefined && existsSync(new URL(source, context.parentURL));
    return next(isSource ? source : specifier, { ...context, conditions: [...context.conditions, SOURCE] });
  },
  load(url, context, next) {
    const isOurs = url.startsWith('file:') && url.endsWith('.ts') && !url.includes('/tools/');
    if (!isOurs) return next(url, context);
    const { code } = transformFileSync(fileURLToPath(url), { configFile: swcrc, sourceMaps: 'inline' });
    return { format: 'module', source: code, shortCircuit: true };
  },
});
