"""Market files: the list, the way in, a file's page and what is done on it, mapping of foreign layouts."""

from django.urls import path

from portal.views import file, file_mapping, files

urlpatterns = [
    path("files/", files.list_files, name="files-list"),
    path("files/upload/", files.upload, name="files-upload"),
    path("files/template/", files.template, name="files-template"),
    path("files/presets/<str:preset_id>/delete/", file_mapping.delete_preset, name="files-preset-delete"),
    path("files/<str:file_id>/", file.show, name="files-show"),
    path("files/<str:file_id>/progress/", file.progress, name="files-progress"),
    path("files/<str:file_id>/pulse/", files.pulse, name="files-pulse"),
    path("files/<str:file_id>/apply/", file.apply, name="files-apply"),
    path("files/<str:file_id>/repair/", file.repair, name="files-repair"),
    path("files/<str:file_id>/discard/", file.discard, name="files-discard"),
    path("files/<str:file_id>/undo/", file.undo, name="files-undo"),
    path("files/<str:file_id>/incorrect-rows/", file.incorrect_rows, name="files-incorrect-rows"),
    path("files/<str:file_id>/download/", file.download, name="files-download"),
    path("files/<str:file_id>/mapping/", file_mapping.edit, name="files-mapping"),
    path("files/<str:file_id>/mapping/source/", file_mapping.source, name="files-mapping-source"),
]
