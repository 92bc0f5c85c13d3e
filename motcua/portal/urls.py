"""The citizen's pages, by journey. Accounts stand apart: their names belong to the library."""

from motcua.portal.articles import urls as articles
from motcua.portal.catalogue import urls as catalogue
from motcua.portal.filing import urls as filing
from motcua.portal.mine import urls as mine
from motcua.portal.payment import urls as payment

app_name = "portal"
urlpatterns = [
    *catalogue.urlpatterns,
    *filing.urlpatterns,
    *mine.urlpatterns,
    *payment.urlpatterns,
    *articles.urlpatterns,
]
