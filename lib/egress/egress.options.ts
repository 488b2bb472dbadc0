/** Where deliveries may go. Left out, only `https` to public addresses. */
export interface EgressOptions {
  /**
   * IP addresses and CIDR ranges that are reachable although the policy denies them, for example
   * `127.0.0.1/32` in development. When a loopback address is among them, so is `localhost`.
   * @default []
   */
  readonly allow?: readonly string[];
  /**
   * IP addresses and CIDR ranges that are refused on top of the built-in ones. Wins over `allow`.
   * @default []
   */
  readonly deny?: readonly string[];
  /**
   * Host names that URLs may have although the policy denies them, such as `receiver` in a Compose
   * network. What they resolve to is judged all the same, so their addresses belong in `allow`.
   * @default []
   */
  readonly hosts?: readonly string[];
  /**
   * Also allow `http:` URLs.
   * @default false
   */
  readonly http?: boolean;
  /**
   * The only ports allowed; left out, every port but those that browsers block.
   * @default undefined
   */
  readonly ports?: readonly number[];
  /**
   * How IPv6 addresses of a NAT64 network (`64:ff9b::/96`, RFC 6052) are judged: refused, or by the
   * IPv4 address inside.
   * @default 'deny'
   */
  readonly nat64?: 'deny' | 'unwrap';
  /**
   * Certificate authorities in PEM that are trusted besides Node's own, for receivers with a private
   * one. Also for the servers that access tokens are fetched from.
   * @default []
   */
  readonly ca?: readonly string[];
  /**
   * URL of an HTTP proxy that all requests go through, by CONNECT: `http://` or `https://`, with user and
   * password if it wants them. Its own address has to be public or in `allow`. The names in URLs are then
   * resolved by the proxy, and what they resolve to is its to judge.
   * @default none, whatever environment variables say
   */
  readonly proxy?: string;
}
