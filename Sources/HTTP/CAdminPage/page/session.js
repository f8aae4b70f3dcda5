// The session of this tab. The token is kept in sessionStorage, which ends with the tab, and nowhere else.

const key = 'ferry.session';

function stored() {
  try {
    return JSON.parse(sessionStorage.getItem(key) ?? 'null');
  } catch {
    return null;
  }
}

let current = stored();
let renewal = null;
// The token whose renewal was declined: polls do not ask again.
let declined = null;
// When the person last did something: what follows at once is asked for.
let lastGesture = 0;
for (const kind of ['click', 'keydown']) addEventListener(kind, () => { lastGesture = Date.now(); }, true);
let open = () => Promise.resolve(false);

export const session = {
  /** `{ userId, token, username, name }`, or null. */
  get account() {
    return current;
  },

  /** The headers of a call that is signed in. */
  get headers() {
    return current ? { 'X-User-Id': current.userId, 'X-Auth-Token': current.token } : {};
  },

  /** Begins a session with the response of `login`. */
  begin({ userId, authToken, me }) {
    current = { userId, token: authToken, username: me.username, name: me.name };
    sessionStorage.setItem(key, JSON.stringify(current));
  },

  /** Forgets the token. */
  end() {
    current = null;
    sessionStorage.removeItem(key);
  },

  /** Sets what opens a sign-in over the view; it resolves to whether somebody signed in. */
  onExpiry(opener) {
    open = opener;
  },

  /**
   * The token was rejected: asks for another sign-in, once for all calls that wait for it, and resolves to whether there
   * is a session again. Once it was declined, only what a person does asks again (`isAsked`).
   */
  renew(rejected, { isAsked = true } = {}) {
    if (current && current.token !== rejected) return Promise.resolve(true);
    if (declined === rejected && !isAsked && Date.now() - lastGesture > 2_000) return Promise.resolve(false);
    renewal ??= open(current).then((isRenewed) => {
      [declined, lastGesture] = [isRenewed ? null : rejected, 0];
      return isRenewed;
    }).finally(() => {
      renewal = null;
    });
    return renewal;
  },
};
