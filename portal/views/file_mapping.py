"""The mapping of a foreign layout: each of our fields gets its source, with the first rows read along as one goes."""

from collections import Counter
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_http_methods, require_POST

from backoffice.contracts.errors import Conflict, Invalid, NotFound, Refused
from backoffice.contracts.market_files import FileMapping, FileSample, MarketFile, NewMappingPreset
from backoffice.services import back_api
from portal import respond
from portal.forms import mapping as forms
from portal.forms.market_columns import COLUMNS, words_for
from portal.refusals import sentence_of
from portal.session import DeskRequest, safe_next

TEMPLATE = "portal/files/mapping.html"
LABELS = {one.field: one.label for one in COLUMNS}


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: DeskRequest, file_id: str) -> HttpResponse:
    """By GET a preset, the file's mapping or the guess; a POST tries what the form says, keeps it as a preset, or reads the file with it."""
    files = back_api().market_files
    file, sample = files.get(request.actor, file_id), files.sample(request.actor, file_id)
    if request.method != "POST":
        return _page(request, file, sample, _start(request, file, sample))
    mapping, do = forms.read(request.POST), request.POST.get("do")
    try:
        if do == "read":
            return respond.redirect(request, reverse("portal:files-show", args=[files.remap(request.actor, file_id, mapping).id]))
        if do == "save":
            return _save_preset(request, mapping)
    except (Invalid, Conflict) as refusal:
        return _page(request, file, sample, mapping, refusal=refusal)
    return _page(request, file, sample, mapping)


@require_POST
def source(request: DeskRequest, file_id: str) -> HttpResponse:
    """One field's line, drawn again after its source changed."""
    sample = back_api().market_files.sample(request.actor, file_id)
    field = request.headers.get("HX-Trigger-Name", "").removeprefix("source.")
    mapping = forms.with_guess(forms.read(request.POST), sample, field)
    form = forms.MappingForm(mapping=mapping, sample=sample, words=words_for(request.actor))
    one = form.source_of(field)
    if one is None:
        raise NotFound("There is no such field.")
    return render(request, f"{TEMPLATE}#line", {"one": one, "file_id": file_id})


@require_POST
def delete_preset(request: DeskRequest, preset_id: str) -> HttpResponse:
    back_api().market_files.delete_preset(request.actor, preset_id)
    return respond.redirect(request, safe_next(request, request.POST.get("next")), toast="The preset is removed.")


def _save_preset(request: DeskRequest, mapping: FileMapping) -> HttpResponse:
    draft = NewMappingPreset(name=request.POST.get("preset_name", "").strip(), mapping=mapping)
    preset = back_api().market_files.save_preset(request.actor, draft)
    to = f"{request.path}?{urlencode({'preset': preset.id})}"
    return respond.redirect(request, to, toast=f"The preset {preset.name} is saved; every upload offers it.")


def _start(request: DeskRequest, file: MarketFile, sample: FileSample) -> FileMapping:
    wanted = request.GET.get("preset", "")
    preset = next((one.mapping for one in back_api().market_files.presets(request.actor) if one.id == wanted), None)
    return preset or file.mapping or sample.guess


def _page(request: DeskRequest, file: MarketFile, sample: FileSample, mapping: FileMapping, *, refusal: Refused | None = None) -> HttpResponse:
    context: dict[str, Any] = {"file": file, "file_id": file.id, **_trial(request, file.id, mapping), "refusal": refusal}
    if not respond.wants_fragment(request):
        context |= {
            "form": forms.MappingForm(mapping=mapping, sample=sample, words=words_for(request.actor)),
            "presets": back_api().market_files.presets(request.actor),
            "preset": request.GET.get("preset") or request.POST.get("preset", ""),
            "crumbs": [("Files", reverse("portal:files-list")), (file.name, reverse("portal:files-show", args=[file.id])), ("Mapping", "")],
        }
    status = 409 if isinstance(refusal, Conflict) else 400 if refusal else 200
    return respond.page(request, TEMPLATE, "trial", context, status=status)


def _trial(request: DeskRequest, file_id: str, mapping: FileMapping) -> dict[str, Any]:
    """The first rows through the mapping and their faults; or why it cannot be tried yet."""
    try:
        tried = back_api().market_files.try_mapping(request.actor, file_id, mapping)
    except Invalid as refusal:
        return {"untried": sentence_of(refusal), "tried": None}
    alike = Counter((error.column, error.value, error.reason) for error in tried.errors)
    firsts = {(error.column, error.value, error.reason): error for error in reversed(tried.errors)}
    theirs = {source.column for source in mapping.sources}
    faults = [
        (one if one in theirs else LABELS.get(one, one), firsts[one, value, reason], count - 1) for (one, value, reason), count in alike.items()
    ]
    return {
        "tried": tried,
        "heads": [LABELS.get(field, field) for field in tried.fields],
        "faulty": len({error.row for error in tried.errors}),
        "faults": faults,
    }
