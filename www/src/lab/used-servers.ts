/** The list of servers that were used, in this tab and in others. */
import type { OpenModel } from '../app/models.ts';
import { identityOf } from '../app/server/address.ts';
import type { KeptServer } from '../app/server/kept-server.ts';
import {
  isOfServers,
  readServers,
  removeServer,
  withServer,
  writeServer,
} from '../share/kept-servers.ts';
import { browserShelves } from '../share/store.ts';

export class UsedServers {
  list: readonly KeptServer[];
  readonly #shelf = browserShelves().site;

  constructor(changed: () => void) {
    this.list = readServers(this.#shelf);
    window.addEventListener('storage', ({ key }) => {
      if (!isOfServers(key)) return;
      this.list = readServers(this.#shelf);
      changed();
    });
  }

  /** A model on a server answers now; of any other there is nothing to remember. */
  remember({ model: { info, capabilities }, hasKey }: OpenModel): void {
    const { server: url, name: model, vocabularySize } = info;
    if (url === undefined || !capabilities) return;
    const id = identityOf(url, model);
    const used = Date.now();
    const server = { id, url, model, used, hasKey, vocabularySize, capabilities };
    writeServer(this.#shelf, server);
    // Where it could not be kept, it is in the list all the same.
    this.list = withServer(this.list, server);
  }

  forget(id: string): void {
    removeServer(this.#shelf, id);
    this.list = this.list.filter((server) => server.id !== id);
  }
}
