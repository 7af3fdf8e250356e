// Passkeys: asks the browser for one, puts its answer into the form around the button, and sends that.
if (window.PublicKeyCredential) document.documentElement.dataset.passkeys = "on";

const bytes = text => Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), mark => mark.charCodeAt(0));
const text = buffer => buffer && btoa(String.fromCharCode(...new Uint8Array(buffer))).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
const known = found => (found ?? []).map(one => ({ ...one, id: bytes(one.id) }));
const WORDS = {
  NotAllowedError: "No passkey was used. Try again, or another way.",
  InvalidStateError: "This device or password manager holds a passkey of yours already.",
  SecurityError: "Passkeys do not work under this address of the desk.",
};

addEventListener("click", async event => {
  const button = event.target.closest?.("[data-passkey]");
  if (!button) return;
  const form = button.form, said = form.querySelector("[data-passkey-said]");
  if (!form.reportValidity()) return;
  button.disabled = true;
  said.textContent = "";
  try {
    await (button.dataset.passkey === "make" ? make(form, button) : show(form, button));
    form.submit();
  } catch (error) {
    said.textContent = WORDS[error.name] ?? error.message;
    button.disabled = false;
  }
});

async function make(form, button) {
  const options = JSON.parse(button.dataset.options);
  const user = { ...options.user, id: bytes(options.user.id) };
  const publicKey = { ...options, user, challenge: bytes(options.challenge), excludeCredentials: known(options.excludeCredentials) };
  const made = await navigator.credentials.create({ publicKey });
  const { clientDataJSON, attestationObject } = made.response;
  fill(form, "answer", { ...plain(made), response: {
    clientDataJSON: text(clientDataJSON), attestationObject: text(attestationObject), transports: made.response.getTransports?.() ?? [],
  } });
}

async function show(form, button) {
  const answer = await fetch(button.dataset.challenge, { method: "POST", headers: { "X-CSRFToken": form.elements.csrfmiddlewaretoken.value } });
  const asked = await answer.json();
  if (!answer.ok) throw new Error(asked.detail);
  const options = JSON.parse(asked.options);
  const publicKey = { ...options, challenge: bytes(options.challenge), allowCredentials: known(options.allowCredentials) };
  const shown = await navigator.credentials.get({ publicKey });
  const { clientDataJSON, authenticatorData, signature, userHandle } = shown.response;
  form.elements["prove-challenge"].value = asked.challenge;
  fill(form, "prove-value", { ...plain(shown), response: {
    clientDataJSON: text(clientDataJSON), authenticatorData: text(authenticatorData), signature: text(signature), userHandle: text(userHandle),
  } });
}

const plain = one => ({ id: one.id, rawId: text(one.rawId), type: one.type, clientExtensionResults: {} });
function fill(form, name, answer) { form.elements[name].value = JSON.stringify(answer); }
