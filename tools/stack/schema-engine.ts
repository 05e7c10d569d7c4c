import { readFileSync } from 'node:fs';
import { PrismaPg } from '@prisma/adapter-pg';
import { ColumnTypeEnum, bindMigrationAwareSqlAdapterFactory } from '@prisma/driver-adapter-utils';
import * as bindings from '@prisma/schema-engine-wasm/schema_engine_bg';
import pg from 'pg';

export type SchemaEngine = bindings.SchemaEngine;

/** What a bundler would wire: the compiled module needs the bindings, and the bindings need the module. */
interface Wiring {
  __wbg_set_wasm(exports: object): void;
}
interface Compiled {
  readonly instance: { readonly exports: object & { __wbindgen_start(): void } };
}
declare const WebAssembly: { instantiate(bytes: Uint8Array, imports: object): Promise<Compiled> };

let wired: Promise<void> | undefined;

/**
 * Prisma's own migration engine, compiled to WebAssembly, on one database: no native binary has to be fetched.
 * It writes the same `_prisma_migrations` table as `prisma migrate deploy`.
 * @param shadowUrl an empty database in which the engine may replay migrations; only authoring needs one
 */
export async function schemaEngine(databaseUrl: string, shadowUrl?: string): Promise<SchemaEngine> {
  wired ??= wire();
  await wired;
  const factory = new PrismaPg({ connectionString: databaseUrl });
  const connect = factory.connect.bind(factory);
  factory.connect = async () => runningWholeScripts(readingCatalogue(await connect()), databaseUrl);
  if (shadowUrl !== undefined) {
    factory.connectToShadowDb = async () => runningWholeScripts(readingCatalogue(await new PrismaPg({ connectionString: shadowUrl }).connect()), shadowUrl);
  }
  return bindings.SchemaEngine.new({ datamodels: undefined }, () => undefined, bindMigrationAwareSqlAdapterFactory(factory));
}

type Adapter = Awaited<ReturnType<PrismaPg['connect']>>;

/** PostgreSQL's one-byte "char", which its catalogue is full of and the adapter does not know. */
const CHAR_OID = 18;
const TEXT_OID = 25;

interface Reading {
  performIO(query: unknown): Promise<{ fields: { dataTypeID: number }[] }>;
}

/** Lets the engine read the catalogue, which it must do to author a migration. Reaches into the adapter; tried with 7.10.0. */
function readingCatalogue(adapter: Adapter): Adapter {
  const { performIO } = adapter as unknown as Reading;
  const queryRaw = adapter.queryRaw;
  adapter.queryRaw = async (query) => {
    let isChar: boolean[] = [];
    const performing: Reading = {
      performIO: async (asked) => {
        const answer = await performIO.call(adapter, asked);
        isChar = answer.fields.map((field) => field.dataTypeID === CHAR_OID);
        return { ...answer, fields: answer.fields.map((field, index) => (isChar[index] ? { ...field, dataTypeID: TEXT_OID } : field)) };
      },
    };
    const result = await queryRaw.call(Object.assign(Object.create(adapter) as Adapter, performing), query);
    return { ...result, columnTypes: result.columnTypes.map((type, index) => (isChar[index] ? ColumnTypeEnum.Character : type)) };
  };
  return adapter;
}

/**
 * Prisma 7.10's adapter cuts a script at every semicolon, also inside comments and function bodies. PostgreSQL takes it whole,
 * as one transaction, so a migration that fails in the middle leaves nothing behind.
 */
function runningWholeScripts(adapter: Adapter, databaseUrl: string): Adapter {
  adapter.executeScript = async (script) => {
    const client = new pg.Client({ connectionString: databaseUrl });
    await client.connect();
    try {
      await client.query(script);
    } finally {
      await client.end();
    }
  };
  return adapter;
}

async function wire(): Promise<void> {
  const file = new URL('schema_engine_bg.wasm', import.meta.resolve('@prisma/schema-engine-wasm/schema_engine_bg'));
  const { instance } = await WebAssembly.instantiate(readFileSync(file), { './schema_engine_bg.js': bindings });
  (bindings as unknown as Wiring).__wbg_set_wasm(instance.exports);
  instance.exports.__wbindgen_start();
}
