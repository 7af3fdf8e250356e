"""A certificate authority of our own, for receivers with good and bad certificates."""

import datetime
import ssl
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

NOW = datetime.datetime.now(datetime.UTC)
DAY = datetime.timedelta(days=1)


class Authority:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Tests")])
        own = self._builder(self.name, self.key, NOW + DAY).add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        self.file = folder / "authority.pem"
        self.file.write_bytes(own.sign(self.key, hashes.SHA256()).public_bytes(Encoding.PEM))

    def server(self, host: str, *, until: datetime.datetime = NOW + DAY, is_ours: bool = True) -> ssl.SSLContext:
        """A server's context for that name; not ours: signed by itself."""
        key = ec.generate_private_key(ec.SECP256R1())
        builder = self._builder(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host)]), key, until, issuer=None if is_ours else host)
        builder = builder.add_extension(x509.SubjectAlternativeName([x509.DNSName(host)]), critical=False)
        place = self.folder / f"{host}-{key.private_numbers().private_value}.pem"
        certificate = builder.sign(self.key if is_ours else key, hashes.SHA256())
        private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        place.write_bytes(private + certificate.public_bytes(Encoding.PEM))
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(place)
        return context

    def _builder(
        self, subject: x509.Name, key: ec.EllipticCurvePrivateKey, until: datetime.datetime, issuer: str | None = None
    ) -> x509.CertificateBuilder:
        signer = subject if issuer else self.name
        builder = x509.CertificateBuilder().subject_name(subject).issuer_name(signer).public_key(key.public_key())
        return builder.serial_number(x509.random_serial_number()).not_valid_before(until - 9 * DAY).not_valid_after(until)
