from django.urls import path

from accounts.views import files

urlpatterns = [
    path("files", files.FilesView.as_view()),
    path("files/<str:file_id>", files.FileView.as_view()),
    path("files/<str:file_id>/contents", files.FileContentsView.as_view()),
    path("file_links", files.FileLinksView.as_view()),
    path("file_links/<str:link_id>", files.FileLinkView.as_view()),
]
