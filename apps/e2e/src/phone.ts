import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import chromiumPackage from '@sparticuz/chromium';
import { chromium, type BrowserContext, type Page } from 'playwright-core';
import { chromiumPath, searchPath } from './config.js';
import type { WalletId } from './alipay-side.js';

const SCREEN = { width: 390, height: 844 };
const FLAGS = [
  '--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync',
];
const COMMANDS = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
/** Smaller is missed by a thumb (WCAG 2.5.5). */
export const TAP_TARGET_MIN_PX = 44;

/** A customer's phone: Chromium on a phone-sized touch screen, with a wallet's page where its app would be. */
export class Phone {
  private constructor(private readonly browser: BrowserContext, private readonly folder: string) {}

  static async switchOn(): Promise<Phone> {
    const folder = mkdtempSync(join(tmpdir(), 'scantill-phone-'));
    const browser = await chromium.launchPersistentContext(folder, {
      executablePath: await browserPath(), headless: true, args: FLAGS, viewport: SCREEN, deviceScaleFactor: 2, isMobile: true, hasTouch: true,
    });
    return new Phone(browser, folder);
  }

  async switchOff(): Promise<void> {
    await this.browser.close();
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** Scans a code: what it says is the address of the page. */
  async scan(code: string, wallet?: WalletId): Promise<WalletPage> {
    const page = await this.browser.newPage();
    await page.goto(wallet === undefined ? code : `${code}?wallet=${wallet}`);
    return new WalletPage(page);
  }

  /** What a picture looks like on a screen, as a PNG. */
  async show(svg: Buffer): Promise<Buffer> {
    const page = await this.browser.newPage();
    await page.setContent(`<body style="margin:0">${svg.toString('utf8')}</body>`);
    const shot = await page.locator('svg').screenshot();
    await page.close();
    return shot;
  }
}

export class WalletPage {
  constructor(private readonly page: Page) {}

  text(id: 'merchant' | 'store' | 'amount' | 'wallet-amount' | 'description' | 'state'): Promise<string> {
    return this.page.locator(`#${id}`).innerText();
  }

  async lines(): Promise<readonly string[]> {
    const texts = await this.page.locator('#lines li').allInnerTexts();
    return texts.map((text) => text.replaceAll(/\s+/g, ' '));
  }

  state(): Promise<string | null> {
    return this.page.locator('#state').getAttribute('data-state');
  }

  async choose(wallet: string): Promise<void> {
    await this.page.getByRole('link', { name: wallet }).tap();
  }

  async confirm(): Promise<void> {
    await this.press(/^Confirm/);
  }

  async decline(): Promise<void> {
    await this.press('Decline');
  }

  canConfirm(): Promise<boolean> {
    return this.page.getByRole('button', { name: /^Confirm/ }).isVisible();
  }

  async reload(): Promise<void> {
    await this.page.reload();
  }

  async close(): Promise<void> {
    await this.page.close();
  }

  /** How well the page fits a phone: pixels that stick out sideways, and the height of the smallest thing to tap. */
  async fit(): Promise<{ sticksOutPx: number; smallestTargetPx: number }> {
    const targets = await this.page.locator('a, button').all();
    const boxes = await Promise.all(targets.map((target) => target.boundingBox()));
    return {
      sticksOutPx: await this.page.evaluate<number>('document.documentElement.scrollWidth - innerWidth'),
      smallestTargetPx: Math.min(...boxes.map((box) => box?.height ?? 0)),
    };
  }

  private async press(name: string | RegExp): Promise<void> {
    await Promise.all([this.page.waitForNavigation(), this.page.getByRole('button', { name }).tap()]);
  }
}

/** The one that was named, else one that is installed, else the one that comes as a package. */
async function browserPath(): Promise<string> {
  if (chromiumPath !== undefined) return chromiumPath;
  const installed = searchPath.split(delimiter).flatMap((folder) => COMMANDS.map((command) => join(folder, command))).find((file) => existsSync(file));
  return installed ?? chromiumPackage.executablePath();
}
