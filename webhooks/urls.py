from django.urls import path

from webhooks.views import endpoints, events

urlpatterns = [
    path("events", events.EventsView.as_view()),
    path("events/<str:event_id>", events.EventView.as_view()),
    path("events/<str:event_id>/retry", events.RetryEventView.as_view()),
    path("webhook_endpoints", endpoints.EndpointsView.as_view()),
    path("webhook_endpoints/<str:endpoint_id>", endpoints.EndpointView.as_view()),
]
