"""One DRF view for each path of the route table: who calls, may they, how often; then the endpoint of the method."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from django.http import HttpResponseBase
from rest_framework.exceptions import MethodNotAllowed
from rest_framework.request import Request
from rest_framework.views import APIView

from backoffice.api import auth, versions
from backoffice.api.routes import Route
from backoffice.contracts.actor import Actor
from backoffice.contracts.errors import NotFound, NotPermitted
from backoffice.services import identity


class Resource(APIView):
    routes: Mapping[str, Route] = {}
    parameters: tuple[str, ...] = ()
    actor: Actor | None = None

    @property
    def allowed_methods(self) -> list[str]:
        return [*self.routes, *(["HEAD"] if "GET" in self.routes else [])]

    @property
    def default_response_headers(self) -> dict[str, str]:
        return {"Cache-Control": "no-store"}

    def initial(self, request: Request, *_args: Any, **_kwargs: Any) -> None:
        """All that can be refused before the body is looked at."""
        actor = self.actor = auth.caller(request)
        self.check_throttles(request)
        route = self._route(request)
        if route.operation is not None and (actor is None or not actor.may(route.operation)):
            raise NotPermitted(route.operation)
        versions.check(request._request, route.version)

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        """All that is answered comes by here, refusals too."""
        if self.actor is not None and self.actor.kind == "client":
            identity().count_use(self.actor.id, is_refused=response.status_code >= HTTPStatus.BAD_REQUEST)
        return super().finalize_response(request, response, *args, **kwargs)

    def answer(self, request: Request, **path: str) -> HttpResponseBase:
        return self._route(request).endpoint(auth.caller(request), request._request, [path[name] for name in self.parameters])

    def _route(self, request: Request) -> Route:
        method = "GET" if request.method == "HEAD" else request.method or ""
        if method not in self.routes:
            raise MethodNotAllowed(method)
        return self.routes[method]


class Unknown(Resource):
    """Every other path below an API prefix."""

    authentication_classes = ()
    throttle_classes = ()

    def initial(self, request: Request, *_args: Any, **_kwargs: Any) -> None:  # noqa: ARG002  the base class's signature
        raise NotFound("There is nothing under this address.")
