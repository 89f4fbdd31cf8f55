import { Injectable } from '@nestjs/common';

/** Carries a key that was just made from the identity feature to the banner; taken once. */
@Injectable()
export class FirstKeyNotice {
  private key?: string;

  put(key: string): void {
    this.key = key;
  }

  take(): string | undefined {
    const { key } = this;
    this.key = undefined;
    return key;
  }
}
