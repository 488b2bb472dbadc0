import { createRequire } from 'node:module';

/** A connection of whichever driver there is, with what tests need beyond the store. */
export interface TestConnection {
  exec(sql: string): unknown;
  prepare(sql: string): {
    run(...values: (string | number | null | Uint8Array)[]): unknown;
    get(...values: (string | number | null | Uint8Array)[]): unknown;
    all(...values: (string | number | null | Uint8Array)[]): unknown[];
  };
  close(): void;
}

/** A synchronous SQLite driver. */
export interface SqliteDriver {
  readonly name: string;
  open(path: string): TestConnection;
}

type Constructor = new (path: string) => TestConnection;

const require = createRequire(import.meta.url);

/** The drivers that can be tested here: `libsql`, and `node:sqlite` where Node has it. */
export const SQLITE_DRIVERS: readonly SqliteDriver[] = [
  driverOf('libsql', require('libsql') as Constructor),
  ...builtIn(),
];

function builtIn(): SqliteDriver[] {
  // Not in every Node, and not among the modules that Jest knows in all of those.
  const module = process.getBuiltinModule?.('node:sqlite') as
    { readonly DatabaseSync: Constructor } | undefined;
  return module === undefined ? [] : [driverOf('node:sqlite', native(module.DatabaseSync))];
}

/** Gives lists as those of the test's own realm, which `assert` tells from others. */
function native(Database: Constructor): Constructor {
  return class extends Database {
    override prepare(sql: string): ReturnType<TestConnection['prepare']> {
      const statement = super.prepare(sql);
      return {
        run: (...values) => statement.run(...values),
        get: (...values) => statement.get(...values),
        all: (...values) => [...statement.all(...values)],
      };
    }
  };
}

function driverOf(name: string, Database: Constructor): SqliteDriver {
  return { name, open: (path) => new Database(path) };
}
