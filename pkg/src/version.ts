/** Version of this package. A test holds it equal to that of `package.json`, which a plain page cannot import. */
export const version = '0.1.0';
