import { Stores } from '../container/stores.js'

/** Opens no store before `use` asks for it, and closes those that were opened. */
export async function withStores<T>(file: string, use: (stores: Stores) => Promise<T>): Promise<T> {
  const stores = await Stores.of(file)
  try {
    return await use(stores)
  } finally {
    await stores.close()
  }
}
