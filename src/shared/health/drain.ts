import { Injectable } from '@nestjs/common';

/** Whether this process is on its way out: readiness says no, answers close their connection, all else goes on. */
@Injectable()
export class Drain {
  private begun = false;

  get draining(): boolean {
    return this.begun;
  }

  begin(): void {
    this.begun = true;
  }
}
