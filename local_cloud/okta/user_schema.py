"""
The attributes of a person's profile: Okta's base schema. An org's own attributes are not emulated.

Source: https://developer.okta.com/docs/api/openapi/okta-management/management/tag/Schema/ (user, base);
okta-sdk-python 3.4.6, UserProfile.
"""

REQUIRED = {"login": 100, "email": 100, "firstName": 50, "lastName": 50}
# Each with the most characters that it may have, where Okta says so.
ATTRIBUTES: dict[str, int | None] = {
    **REQUIRED, "middleName": None, "honorificPrefix": None, "honorificSuffix": None, "title": None,
    "displayName": None, "nickName": None, "profileUrl": None, "secondEmail": 100, "mobilePhone": 100,
    "primaryPhone": 100, "streetAddress": 1024, "city": 128, "state": 128, "zipCode": 50, "countryCode": 2,
    "postalAddress": 4096, "preferredLanguage": None, "locale": None, "timezone": None, "userType": None,
    "employeeNumber": None, "costCenter": None, "organization": None, "division": None, "department": None,
    "managerId": None, "manager": None,
}  # fmt: skip
