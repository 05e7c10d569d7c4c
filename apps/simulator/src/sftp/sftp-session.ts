import type { Stats } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import ssh2 from 'ssh2';
import type { SFTPWrapper } from 'ssh2';
import { VisibleFolder } from './visible-folder.js';

const { OPEN_MODE, STATUS_CODE } = ssh2.utils.sftp;
const WRITES = OPEN_MODE.WRITE | OPEN_MODE.APPEND | OPEN_MODE.CREAT | OPEN_MODE.TRUNC;
const HANDLES_MAX = 64;
const READ_BYTES_MAX = 256 * 1024;
const NAMES_PER_ANSWER = 100;
const FOLDER_MODE = 0o040555;
const FILE_MODE = 0o100444;
const CHANGES = ['WRITE', 'FSETSTAT', 'SETSTAT', 'REMOVE', 'MKDIR', 'RMDIR', 'RENAME', 'SYMLINK', 'READLINK'] as const;

type Opened = { readonly kind: 'file'; readonly file: FileHandle } | { readonly kind: 'folder'; names: readonly Name[] };

interface Name {
  readonly filename: string;
  readonly longname: string;
  readonly attrs: ReturnType<typeof attributes>;
}

/** One user's conversation (draft-ietf-secsh-filexfer-02, version 3): everything can be read, nothing can be changed. */
export function serveSftp(sftp: SFTPWrapper, folder: VisibleFolder): void {
  const opened = new Map<number, Opened>();
  let handles = 0;
  const keep = (request: number, each: Opened): void => {
    handles += 1;
    opened.set(handles, each);
    const handle = Buffer.alloc(4);
    handle.writeUInt32BE(handles);
    sftp.handle(request, handle);
  };
  const of = (handle: Buffer): Opened | undefined => (handle.length === 4 ? opened.get(handle.readUInt32BE()) : undefined);
  /** Whatever goes wrong is this request's failure. */
  const answer = (request: number, work: () => Promise<unknown>): void => {
    work().catch(() => sftp.status(request, STATUS_CODE.FAILURE));
  };
  const stat = (request: number, path: string): void => answer(request, async () => {
    const stats = await folder.stat(path);
    if (stats === undefined) sftp.status(request, STATUS_CODE.NO_SUCH_FILE);
    else sftp.attrs(request, attributes(stats));
  });

  sftp.on('OPEN', (request, path, flags) => answer(request, async () => {
    if ((flags & WRITES) !== 0) return sftp.status(request, STATUS_CODE.PERMISSION_DENIED);
    if (opened.size >= HANDLES_MAX) return sftp.status(request, STATUS_CODE.FAILURE, 'too many open files');
    const file = await folder.open(path);
    return file === undefined ? sftp.status(request, STATUS_CODE.NO_SUCH_FILE) : keep(request, { kind: 'file', file });
  }));
  sftp.on('READ', (request, handle, offset, length) => answer(request, async () => {
    const each = of(handle);
    if (each?.kind !== 'file') return sftp.status(request, STATUS_CODE.FAILURE);
    const { bytesRead, buffer } = await each.file.read(Buffer.alloc(Math.min(length, READ_BYTES_MAX)), { position: offset });
    return bytesRead === 0 ? sftp.status(request, STATUS_CODE.EOF) : sftp.data(request, buffer.subarray(0, bytesRead));
  }));
  sftp.on('FSTAT', (request, handle) => answer(request, async () => {
    const each = of(handle);
    return each?.kind === 'file' ? sftp.attrs(request, attributes(await each.file.stat())) : sftp.status(request, STATUS_CODE.FAILURE);
  }));
  sftp.on('STAT', stat);
  sftp.on('LSTAT', stat);
  sftp.on('REALPATH', (request, path) => sftp.name(request, [{ filename: VisibleFolder.absolute(path), longname: '', attrs: {} as never }]));
  sftp.on('OPENDIR', (request, path) => answer(request, async () => {
    if (opened.size >= HANDLES_MAX) return sftp.status(request, STATUS_CODE.FAILURE, 'too many open files');
    if ((await folder.stat(path))?.isDirectory() !== true) return sftp.status(request, STATUS_CODE.NO_SUCH_FILE);
    return keep(request, { kind: 'folder', names: (await folder.list(path)).map(({ name, stats }) => toName(name, stats)) });
  }));
  sftp.on('READDIR', (request, handle) => {
    const each = of(handle);
    if (each?.kind !== 'folder') return sftp.status(request, STATUS_CODE.FAILURE);
    if (each.names.length === 0) return sftp.status(request, STATUS_CODE.EOF);
    sftp.name(request, each.names.slice(0, NAMES_PER_ANSWER) as never);
    each.names = each.names.slice(NAMES_PER_ANSWER);
  });
  sftp.on('CLOSE', (request, handle) => answer(request, async () => {
    const each = of(handle);
    opened.delete(handle.readUInt32BE());
    if (each?.kind === 'file') await each.file.close();
    sftp.status(request, each === undefined ? STATUS_CODE.FAILURE : STATUS_CODE.OK);
  }));
  for (const change of CHANGES) sftp.on(change as 'WRITE', (request: number) => sftp.status(request, STATUS_CODE.PERMISSION_DENIED));
  // The client has nothing more to ask, and waits for us to hang up.
  sftp.on('end', () => {
    sftp.end();
    for (const each of opened.values()) if (each.kind === 'file') each.file.close().catch(() => undefined);
    opened.clear();
  });
}

function attributes(stats: Stats) {
  return { mode: stats.isDirectory() ? FOLDER_MODE : FILE_MODE, uid: 0, gid: 0, size: stats.size, atime: Math.floor(stats.atimeMs / 1_000), mtime: Math.floor(stats.mtimeMs / 1_000) };
}

/** `longname` is what `ls -l` shows. */
function toName(filename: string, stats: Stats): Name {
  const attrs = attributes(stats);
  const [, day, month, year] = stats.mtime.toUTCString().split(' ');
  const longname = `${stats.isDirectory() ? 'dr-xr-xr-x' : '-r--r--r--'}    1 alipay   alipay   ${String(attrs.size).padStart(12)} ${month} ${day}  ${year} ${filename}`;
  return { filename, longname, attrs };
}
