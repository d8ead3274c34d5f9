from django.urls import path

from webhooks.views import destinations, endpoints, events, listening, resends, thin_events

urlpatterns = [
    path("events", events.EventsView.as_view()),
    path("events/<str:event_id>", events.EventView.as_view()),
    path("events/<str:event_id>/retry", events.RetryEventView.as_view()),
    path("stripecli/sessions", listening.ListeningSessionsView.as_view()),
    path("webhook_endpoints", endpoints.EndpointsView.as_view()),
    path("webhook_endpoints/<str:endpoint_id>", endpoints.EndpointView.as_view()),
    path("webhook_endpoints/<str:endpoint_id>/roll_secret", endpoints.RollSecretView.as_view()),
    path("webhook_endpoints/<str:endpoint_id>/resends", resends.ResendsView.as_view()),
    path(
        "webhook_endpoints/<str:endpoint_id>/resends/<str:resend_id>", resends.ResendView.as_view()
    ),
    path(
        "webhook_endpoints/<str:endpoint_id>/resends/<str:resend_id>/cancel",
        resends.CancelResendView.as_view(),
    ),
]

# Below `/v2/core/`.
second = [
    path("events", thin_events.ThinEventsView.as_view()),
    path("events/<str:event_id>", thin_events.ThinEventView.as_view()),
    path("event_destinations", destinations.DestinationsView.as_view()),
    path("event_destinations/<str:destination_id>", destinations.DestinationView.as_view()),
    path("event_destinations/<str:destination_id>/disable", destinations.DisableView.as_view()),
    path("event_destinations/<str:destination_id>/enable", destinations.EnableView.as_view()),
    path("event_destinations/<str:destination_id>/ping", destinations.PingView.as_view()),
]
