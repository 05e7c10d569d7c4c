import type { Report } from '@scantill/alipay';
import type { SettlementContract } from '../alipay/file-settings.js';
import type { FileItem } from '../alipay/settled-item.js';
import { chance } from './chance.js';
import { reportsOfDefect, type DefectKind, type FileDefect } from './file-defect.js';
import { isRowDefect, rowDefects } from './row-defects.js';

/** Where a file was made wrong. */
export interface PlantedDefect {
  readonly kind: DefectKind;
  readonly report: Report;
  readonly customerId: string;
  /** Of the row that it happened to; missing where it is the whole file. */
  readonly transactionId?: string;
  readonly transactionType?: string;
}

interface Aim {
  readonly defect: FileDefect;
  readonly report: Report;
  readonly customerId: string;
  /** How many rows it can happen to are let by before. */
  rowsBefore: number;
  isPlanted: boolean;
}

/** What is to be wrong with the files of one day. The same seed and books make the same files. */
export class DefectPlan {
  readonly planted: PlantedDefect[] = [];
  private readonly aims: readonly Aim[];

  constructor(
    defects: readonly FileDefect[],
    private readonly seed: number,
    firstCustomerId: string,
  ) {
    this.aims = defects.map((defect) => ({
      defect, report: defect.report ?? reportsOfDefect[defect.kind][0], customerId: defect.customerId ?? firstCustomerId, rowsBefore: (defect.nth ?? 1) - 1, isPlanted: false,
    }));
  }

  /** What could not be planted, because no row or file of that day is one that it can happen to. */
  get unplanted(): FileDefect[] {
    return this.aims.filter(({ isPlanted }) => !isPlanted).map(({ defect }) => defect);
  }

  /** Chooses the rows, once it is known how many there are. */
  aim(report: Report, customerId: string, rows: () => Iterable<FileItem>): void {
    const open = this.of(report, customerId).filter(({ defect }) => isRowDefect(defect.kind));
    for (const [index, aim] of open.entries()) {
      const { kind, nth } = aim.defect;
      if (nth !== undefined || !isRowDefect(kind)) continue;
      let count = 0;
      for (const item of rows()) if (rowDefects[kind].fits(item)) count += 1;
      // Room for those that must give way because another defect has their row.
      aim.rowsBefore = Math.floor(chance(`${this.seed} ${kind} ${report} ${index}`) * Math.max(1, count - open.length + 1));
    }
  }

  /** The rows as they are written. No row is struck twice. */
  *strike(report: Report, customerId: string, rows: Iterable<FileItem>, contract: SettlementContract): Generator<FileItem> {
    const open = this.of(report, customerId);
    for (const item of rows) {
      const aim = open.find((each) => this.meets(each, item));
      const kind = aim?.defect.kind;
      if (aim === undefined || kind === undefined || !isRowDefect(kind)) {
        yield item;
        continue;
      }
      this.plant(aim, item);
      yield* rowDefects[kind].strike(item, contract);
    }
  }

  /** Whether a whole file is to be wrong in this way; each time for one file. */
  takes(kind: DefectKind, report: Report, customerId: string): boolean {
    const aim = this.of(report, customerId).find(({ defect }) => defect.kind === kind);
    if (aim !== undefined) this.plant(aim);
    return aim !== undefined;
  }

  private of(report: Report, customerId: string): Aim[] {
    return this.aims.filter((aim) => !aim.isPlanted && aim.report === report && aim.customerId === customerId);
  }

  /** Counts the row, if it is one that the defect can happen to. */
  private meets(aim: Aim, item: FileItem): boolean {
    const { kind } = aim.defect;
    if (aim.isPlanted || !isRowDefect(kind) || !rowDefects[kind].fits(item)) return false;
    aim.rowsBefore -= 1;
    return aim.rowsBefore < 0;
  }

  private plant(aim: Aim, item?: FileItem): void {
    aim.isPlanted = true;
    const { defect: { kind }, report, customerId } = aim;
    const at = item && { transactionId: item.row.transactionId, transactionType: item.row.transactionType };
    this.planted.push({ kind, report, customerId, ...at });
  }
}
